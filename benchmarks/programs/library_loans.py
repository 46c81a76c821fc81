#!/usr/bin/env python3
"""Join loans with members: overdue loans and fines by branch, orphans listed."""
import argparse
import csv
import os
from collections import namedtuple

Loan = namedtuple("Loan", "loan_id member_id isbn days")

LOAN_PERIOD = 28
CENTS_A_DAY = 15


def load_members(path):
    members = {}
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            members[row["member_id"]] = row
    return members


def load_loans(path):
    loans = []
    with open(path, newline="") as f:
        reader = csv.reader(f)
        next(reader)
        for loan_id, member_id, isbn, days in reader:
            loans.append(Loan(loan_id, member_id, isbn, int(days)))
    return loans


def join(loans, members):
    joined = []
    orphans = []
    for loan in loans:
        member = members.get(loan.member_id)
        if member is None:
            orphans.append(loan)
        else:
            joined.append((loan, member))
    return joined, orphans


def fine(loan):
    return max(0, loan.days - LOAN_PERIOD) * CENTS_A_DAY


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    args = parser.parse_args()

    members = load_members(os.path.join(args.folder, "members.csv"))
    loans = load_loans(os.path.join(args.folder, "loans.csv"))
    joined, orphans = join(loans, members)

    fines = {}
    for loan, member in joined:
        fines[member["branch"]] = fines.get(member["branch"], 0) + fine(loan)
    for branch in sorted(fines):
        print(f"{branch}: {fines[branch] / 100:.2f}")
    late = [loan for loan, _ in joined if loan.days > LOAN_PERIOD]
    print(f"{len(loans)} loans, {len(joined)} joined, {len(late)} late")
    for loan in orphans[:5]:
        print(f"orphan {loan.loan_id} of member {loan.member_id}")
    print(f"{len(orphans)} orphans")


if __name__ == "__main__":
    main()
