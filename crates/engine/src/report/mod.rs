//! One data structure, told in several ways: text, JSON, SARIF, HTML.
