"""Tests of the counter: what people type, press and see."""
