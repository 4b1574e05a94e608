"""`python -m stripe_local`: the same as the command `stripe-local`."""

from stripe_local.cli import main

if __name__ == "__main__":
    main()
