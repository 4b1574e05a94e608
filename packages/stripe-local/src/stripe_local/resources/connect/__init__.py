"""Connected accounts and what is sent to them and paid out."""
