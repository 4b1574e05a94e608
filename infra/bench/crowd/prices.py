"""AWS's list prices in ap-southeast-2, and nothing else of money: every dollar of the benchmarks comes from here.

US dollars of the first paid tier, without free tiers, taxes, logs, traces and data transfer, as they were in 2025.
Nothing fetches them, and that of the HTTP API could not be confirmed for this region (us-east-1 asks 1.00 a million):
look at the sources, and change the year, before money depends on them.
Sources: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/sqs/pricing/ and
https://aws.amazon.com/api-gateway/pricing/, each for Asia Pacific (Sydney).
"""

AS_OF = "2025"
REGION = "ap-southeast-2"
#: A gigabyte of a function for a second, by architecture.
LAMBDA_GB_SECOND = {"arm64": 0.0000133334, "x86_64": 0.0000166667}
LAMBDA_REQUEST = 0.20 / 1_000_000
#: A request to a standard queue.
SQS_REQUEST = 0.40 / 1_000_000
#: A request to an HTTP API, in steps of 512 KB.
API_REQUEST = 1.29 / 1_000_000
