"""Let callers reach a new version step by step, and lead them back by themselves where it fails.

A stage whose section ``[STAGE.release]`` in ``samconfig.toml`` names a ``rollout`` has each HTTP function's alias
moved by CodeDeploy: a part of its calls goes to the new version first, the rest follows after some minutes, and an
alarm meanwhile moves all of them back and has CloudFormation undo the deployment
(https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html).
Queue and schedule functions have no alias: a new version of them works at once, beside HTTP functions of the release
before.
"""

from __future__ import annotations

from typing import Any

FUNCTION = "AWS::Serverless::Function"
ROLE = "RolloutAccess"
ALL_AT_ONCE = "AllAtOnce"
#: Those that SAM knows and that take a part first; CodeDeploy's limit is two days
#: (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html).
ROLLOUTS = (
    ALL_AT_ONCE,
    *(f"Canary10Percent{minutes}Minutes" for minutes in (5, 10, 15, 30)),
    *(f"Linear10PercentEvery{minutes}Minutes" for minutes in (1, 2, 3, 10)),
)
#: The shortest window of the burn-rate alarms: it rings soonest, and a release should not have to prove more.
API_ALARM = "AvailabilityFiveMinutes"
_ASSUMED_BY_CODEDEPLOY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def gradual(template: dict[str, Any], rollout: str) -> dict[str, Any]:
    """Return a template whose aliases move step by step.

    Args:
        template: A template without loops, as ``infra.deploy.composition.compose`` returns it.
        rollout: One of ``ROLLOUTS``.

    Returns:
        The same with a preference for each function that has an alias, and the role that moves them; unchanged where
        all calls move at once.
    """
    if rollout == ALL_AT_ONCE:
        return template
    resources = dict(template["Resources"])
    names = [
        name
        for name, each in resources.items()
        if each["Type"] == FUNCTION and "AutoPublishAlias" in each["Properties"]
    ]
    for name in names:
        alarms = [{"Ref": f"{name}ErrorsAlarm"}, {"Ref": API_ALARM}]
        preference = {"Type": rollout, "Role": {"Fn::GetAtt": [ROLE, "Arn"]}, "Alarms": alarms}
        properties = {**resources[name]["Properties"], "DeploymentPreference": preference}
        resources[name] = {**resources[name], "Properties": properties}
    return {**template, "Resources": {**resources, ROLE: _role(names)}}


def _role(names: list[str]) -> dict[str, Any]:
    """Return the role that moves aliases, with what AWS's policy for it has and these functions alone need.

    Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambdaLimited.html
    """
    aliases = ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"]
    arns = [arn for name in names for arn in ({"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}:*"})]
    statements = [
        {"Effect": "Allow", "Action": aliases, "Resource": arns},
        # CloudWatch knows no alarm that this could be limited to before it is asked for all.
        {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": _ASSUMED_BY_CODEDEPLOY,
            "Policies": [{"PolicyName": "rollout", "PolicyDocument": document}],
        },
    }
