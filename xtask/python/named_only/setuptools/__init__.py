"""Stands in for setuptools while pip downloads what nobody is going to build."""
