"""Enterprises, their options, access numbers and trunks."""
