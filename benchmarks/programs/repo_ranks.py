#!/usr/bin/env python3
"""Flatten paged API dumps (a JSON document a line) into a CSV of repositories and language totals."""
import csv
import json
import os
import sys


def read_pages(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def flatten(page):
    out = []
    for item in page["items"]:
        record = {
            "name": item["name"],
            "owner": item["owner"]["login"],
            "stars": item["stars"],
            "language": item.get("language") or "unknown",
        }
        if item.get("license"):
            record["license"] = item["license"]["key"]
        else:
            record["license"] = "none"
        out.append(record)
    return out


def load_all(path):
    repos = []
    for page in read_pages(path):
        if "error" in page:
            print("skipping page:", page["error"], file=sys.stderr)
            continue
        repos.extend(flatten(page))
    return repos


def add_rank(repos):
    ranked = sorted(repos, key=lambda r: (-r["stars"], r["name"]))
    for position, repo in enumerate(ranked, 1):
        yield position, repo


def totals(repos, key):
    result = {}
    for repo in repos:
        entry = result.setdefault(repo[key], [0, 0])
        entry[0] += 1
        entry[1] += repo["stars"]
    return result


def main(source, folder):
    repos = load_all(source)
    with open(os.path.join(folder, "repos.csv"), "w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(["rank", "name", "owner", "stars", "language", "license"])
        for rank, repo in add_rank(repos):
            writer.writerow([rank, repo["name"], repo["owner"], repo["stars"], repo["language"], repo["license"]])
    for language, (count, stars) in sorted(totals(repos, "language").items()):
        print(f"{language}: {count} repositories, {stars} stars")
    licensed = sum(r["license"] != "none" for r in repos)
    print(f"{len(repos)} repositories, {licensed} with a license")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(f"usage: {sys.argv[0]} DUMP FOLDER")
    main(*sys.argv[1:3])
