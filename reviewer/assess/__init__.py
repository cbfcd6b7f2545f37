"""Judgement: facts and findings in, four numbers and one recommendation out, by a policy that is data."""
