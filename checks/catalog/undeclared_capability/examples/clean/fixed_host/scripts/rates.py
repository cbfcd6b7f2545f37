"""Print a rate."""

import sys
import urllib.request

with urllib.request.urlopen(f"https://rates.bank.example/v1/{sys.argv[1]}/{sys.argv[2]}") as answer:
    print(answer.read().decode())
