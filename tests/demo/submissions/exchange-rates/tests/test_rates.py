from decimal import Decimal

import pytest

from exchange_rates.rates import UnknownCurrencyError, between

RATES = {"EUR": Decimal(1), "CHF": Decimal("0.94"), "JPY": Decimal("170")}


def test_a_rate_between_two_foreign_currencies_goes_through_the_euro():
    assert between(RATES, "CHF", "JPY") == Decimal("170") / Decimal("0.94")


def test_an_unknown_currency_is_named():
    with pytest.raises(UnknownCurrencyError, match="XXX"):
        between(RATES, "XXX", "EUR")
