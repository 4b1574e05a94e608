"""What measured functions have in common with deployed ones."""

from infra.bench.production import SECRET_VARIABLES, Sampling, common_variables, variables


def test_functions_get_their_secrets_by_name_and_log_as_deployed() -> None:
    common = common_variables()

    assert common["LOG_LEVEL"] == "INFO"
    assert common["MONGODB_URI_SECRET"] == "gigsta/local/mongodb"
    assert variables("functions.webhooks.app.handler")["STRIPE_SECRET"] == "gigsta/local/stripe"


def test_every_variable_that_names_a_secret_is_known() -> None:
    found = {**common_variables(), **variables("functions.auth.app.handler")}

    assert {name for name, value in found.items() if value.startswith("gigsta/local/")} <= set(SECRET_VARIABLES)


def test_a_function_has_the_memory_and_the_name_of_the_template() -> None:
    own = variables("functions.bookings.app.handler")

    assert (own["POWERTOOLS_SERVICE_NAME"], own["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) == ("bookings", "1024")


def test_the_first_request_of_a_second_is_sampled_and_few_of_the_others() -> None:
    sampling = Sampling()

    headers = [sampling.header() for _ in range(200)]

    assert headers[0].endswith("Sampled=1")
    assert sum(header.endswith("Sampled=1") for header in headers) < 40
