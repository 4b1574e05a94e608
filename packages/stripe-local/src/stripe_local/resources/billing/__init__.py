"""Selling by subscription: customers, products, prices, checkout, subscriptions, invoices, the customer portal."""
