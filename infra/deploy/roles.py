"""Give each function a role of its own with what it needs and nothing else.

SAM would make a role with AWS's managed policies beside a function's ``Policies``: ``AWSLambdaBasicExecutionRole`` and
``AWSLambdaSQSQueueExecutionRole`` let it write to every log group and read from every queue of the account. A function
with a ``Role`` gets none of them, so its ``Policies`` move into a role here, together with the secrets that its
environment names, its own log group, its own queue, and traces.
"""

from __future__ import annotations

from typing import Any

FUNCTION = "AWS::Serverless::Function"
SUFFIX = "Access"
ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
# What an event source mapping does in the function's name:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
READING_A_QUEUE = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READING_A_SECRET = "secretsmanager:GetSecretValue"  # noqa: S105 - an action
#: A variable that ends so holds a secret's name, which is a parameter of the template.
NAMES_A_SECRET = "_SECRET"  # noqa: S105 - a suffix
#: Secrets Manager adds six characters to a secret's name:
#: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
SECRET_ARN = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${%s}-??????"  # noqa: S105
WRITING_LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
#: X-Ray knows no resources that these could be limited to:
#: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
TRACING = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]

#: What Lambda needs to put functions into subnets, by the template's condition; EC2 limits none of it to resources that
#: are known beforehand: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
IN_SUBNETS = "HasVpc"
MAKING_INTERFACES = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]


def with_own_roles(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template whose functions have roles of their own.

    Args:
        template: A template without loops, as ``infra.deploy.loops.expand`` returns it.

    Returns:
        The same with a role ``<function>Access`` for each function instead of its ``Policies``.
    """
    shared = template["Globals"]["Function"]["Environment"]["Variables"]
    resources: dict[str, Any] = {}
    for name, resource in template["Resources"].items():
        resources[name] = resource
        if resource["Type"] == FUNCTION:
            role = f"{name}{SUFFIX}"
            properties = {key: value for key, value in resource["Properties"].items() if key != "Policies"}
            resources[name] = {**resource, "Properties": {**properties, "Role": {"Fn::GetAtt": [role, "Arn"]}}}
            resources[role] = _role(resource["Properties"], shared)
    return {**template, "Resources": resources}


def _role(properties: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """Return the role of a function, given the environment that all functions share."""
    own = [statement for policy in properties.get("Policies", []) for statement in policy["Statement"]]
    group = properties["LoggingConfig"]["LogGroup"]["Ref"]
    queues = [
        _allow(READING_A_QUEUE, event["Properties"]["Queue"])
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]
    logs = _allow(WRITING_LOGS, {"Fn::GetAtt": [group, "Arn"]})
    secrets = _allow(READING_A_SECRET, _secrets({**shared, **properties["Environment"]["Variables"]}))
    statements = [secrets, *own, *queues, logs, _allow(TRACING, "*"), *_interfaces()]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": ASSUMED_BY_LAMBDA,
            "Policies": [{"PolicyName": "function", "PolicyDocument": document}],
        },
    }


def _secrets(environment: dict[str, Any]) -> list[dict[str, str]]:
    """Return the ARNs of the secrets that an environment names."""
    return [
        {"Fn::Sub": SECRET_ARN % value["Ref"]} for name, value in environment.items() if name.endswith(NAMES_A_SECRET)
    ]


def _interfaces() -> list[dict[str, Any]]:
    """Return what Lambda may do with network interfaces; the function's own code, which bears its ARN, may not."""
    own_code = {"Null": {"lambda:SourceFunctionArn": "false"}}
    denied = {"Effect": "Deny", "Action": MAKING_INTERFACES, "Resource": "*", "Condition": own_code}
    both = (_allow(MAKING_INTERFACES, "*"), denied)
    return [{"Fn::If": [IN_SUBNETS, each, {"Ref": "AWS::NoValue"}]} for each in both]


def _allow(actions: str | list[str], resource: Any) -> dict[str, Any]:
    """Return a statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
