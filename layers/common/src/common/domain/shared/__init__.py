"""What every context uses: values, texts, errors, ids."""
