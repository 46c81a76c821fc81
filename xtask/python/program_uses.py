"""What the random programs do with a list, as texts with holes.

`{rows}` is the list, `{number}`, `{text}` and `{test}` are expressions of its item `v`,
`{change}` is a statement that changes `v`, `{fail}` an exception. What is in `PLAIN` could as well
get an iterator; what is in `HARD` mostly needs a list, or its very items.
"""

from __future__ import annotations

PLAIN = (
    """
total = 0
for v in {rows}:
    total += {number}
return total
""",
    "return sum({number} for v in {rows})",
    "return sum([{number} for v in {rows}])",
    """
for v in {rows}:
    print({number}, {text})
""",
    """
for at, v in enumerate({rows}):
    print(at, {text})
""",
    """
with open('out.txt', 'a') as out:
    for v in {rows}:
        out.write({text})
""",
    "return max({rows}, key=lambda v: {number}, default=None)",
    "return sorted({rows}, key=lambda v: {number})[:2]",
    """
counts = {{}}
for v in {rows}:
    counts[{text}] = counts.get({text}, 0) + 1
return sorted(counts.items())
""",
    """
totals = collections.defaultdict(float)
for v in {rows}:
    totals[{text}] += {number} / 7
return sorted(totals.items()), totals['none'], len(totals)
""",
    """
queue = collections.deque()
for v in {rows}:
    queue.append(v)
print(len(queue))
while queue:
    v = queue.popleft()
    print({number}, {text})
""",
    """
table = {{}}
for v in {rows}:
    if {text} not in table:
        table[{text}] = {{'name': {text}, 'n': 0, 'all': []}}
    record = table[{text}]
    record['n'] += 1
    record['all'].append({number})
often = [record for record in table.values() if record['n'] > 1]
print(len(often), sorted(record['name'] for record in often))
order = sorted(table.values(), key=lambda it: it['name'])
return [(record['n'], record['all']) for record in order]
""",
    """
totals = {{}}
for v in {rows}:
    if {text} not in totals:
        totals[{text}] = 0
    totals[{text}] += {number}
return list(totals.items()), max(totals, key=totals.get, default=None)
""",
    """
counts = collections.Counter()
for v in {rows}:
    try:
        counts[{text}, {number}] += 10 // {number}
    except ZeroDivisionError:
        print('zero', {text})
print(counts.most_common(2), len(counts), counts['none'])
return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
""",
    """
seen = {{}}
for v in {rows}:
    if {text} in seen:
        seen[{text}] += 1
    else:
        seen[{text}] = 1
return {{name: seen[name] for name in sorted(seen)}}, sum(seen.values())
""",
    "return sorted({{{text} for v in {rows}}})",
    "return sorted(collections.Counter({text} for v in {rows}).items())",
    """
numbers = [{number} for v in {rows}]
return sum(numbers) / (len(numbers) or 1)
""",
    "return ','.join({text} for v in {rows})",
    """
for v in sorted({rows}, key=lambda v: {text}):
    print({text})
""",
    "return {{{text}: {number} for v in {rows}}}",
    """
best = None
for v in {rows}:
    if best is None or {number} > best:
        best = {number}
return best
""",
    """
for v in {rows}:
    head, *rest = {text}.split('a')
    print(head, len(rest), {text}.split('b')[0], {text}.rsplit('c')[-1])
""",
)

HARD = (
    "return len({rows}), sum({number} for v in {rows})",
    """
for v in {rows}:
    {change}
return [{number} for v in {rows}]
""",
    "return [v for v in {rows}], [w for w in {rows}]",
    "return json.dumps({rows}, default=str)",
    """
for at in range(len({rows})):
    v = {rows}[at]
    print(at, {text})
""",
    """
for v in {rows}[:]:
    if {test}:
        {rows}.remove(v)
return len({rows})
""",
    """
for v in {rows}:
    if {test}:
        break
else:
    return 'none'
return {number}
""",
    """
first = next(iter({rows}), None)
return [v is first for v in {rows}]
""",
    "return [v is w for v, w in zip({rows}, {rows})], {rows}[:1] == list({rows})[:1]",
    "return sum(1 for v in {rows} for w in {rows} if {number} > k)",
    "return {rows}[0] if {rows} else None, {rows}[-1:]",
    """
for v in {rows}:
    if {number} == 3:
        raise {fail}(v)
    print({text})
""",
    """
for v in {rows}:
    if {number} == 3:
        raise {fail}(k)  # on purpose
    k += 1
return k
""",
    """
for v in {rows}:
    assert {number} != 3, {text}  # on purpose
    k += {number}
return k
""",
    """
walk = iter({rows})
for v in walk:
    if {test}:
        print([w for w in copy.copy(walk)][:2])
return k
""",
    """
order = sorted({number} for v in {rows})
return order, bisect.bisect(order, k), bisect.bisect_left(order, 3)
""",
    """
kept.append({rows})
return sum({number} for v in {rows})
""",
    """
mine = []
for v in {rows}:
    mine.append(v)
return [v in {rows} for v in mine], mine
""",
    """
try:
    for v in {rows}:
        print(10 // {number})
except ZeroDivisionError:
    print('zero')
return list({rows})[:1]
""",
    """
if not {rows}:
    return 'empty'
return sum({number} for v in {rows})
""",
    """
for v in list({rows}):
    {rows}.append(v) if len({rows}) < 6 else None
return len({rows})
""",
    "return [{number} for v in reversed({rows})]",
    """
def inner():
    return sum({number} for v in {rows})
return inner(), inner()
""",
    """
it = iter({rows})
return [{number} for v in it], list(it)
""",
    """
a, b = itertools.tee({rows})
return sum({number} for v in a), len(list(b))
""",
    "return isinstance({rows}, list) and [{number} for v in {rows}]",
    """
while {rows}:
    v = {rows}.pop()
    print({text})
""",
    """
for v in {rows}:
    for w in {rows}:
        if v is w:
            k += {number}
return k
""",
)

# Lists of a dict that are only reduced could be running states; `{value}` is appended.
GROUPS = (
    """
groups = {{}}
for v in {rows}:
    groups.setdefault({text}, []).append({value})
""",
    """
groups = collections.defaultdict(list)
for v in {rows}:
    groups[{text}].append({value})
""",
    """
groups = {{}}
for v in {rows}:
    key = {text}
    if key not in groups:
        groups[key] = []
    groups[key].append({value})
""",
)

REDUCTIONS = (
    "len(values)",
    "sum(values)",
    "max(values)",
    "min(values)",
    "sum(values) / len(values)",
    "(len(values), sum(values))",
    "max(values) - min(values)",
)

OTHER_LOOKS = (
    "sorted(values, key=repr)",
    "values",
    "values[0]",
    "list(values)",
    "len(set(map(repr, values)))",
    "sum(values[1:]) if len(values) < 2 else 0",
)

GROUP_WALKS = (
    """
for key, values in groups.items():
    print(key, {one})
""",
    "return {{key: {one} for key, values in groups.items()}}",
    "return [(key, {one}) for key, values in sorted(groups.items(), key=repr)]",
    """
for key in sorted(groups):
    values = groups[key]
    print(key, {one})
""",
    """
result = {{}}
for key, values in groups.items():
    result[key] = {one}
return result
""",
)

GROUP_TROUBLES = (
    "groups.pop('a', None)",
    "groups['none'] = []",
    "print(groups)",
    "other = groups; other.pop('a', None)",
    """
if 'a' in groups:
    groups['a'].append(groups['a'][0])
""",
    "print(len(groups), 'a' in groups)",
    "kept.append(groups)",
    "print([values for values in groups.values() if len(values) > 1])",
)

# `numbers` is a list of them.
WINDOWS = (
    "return [b - a for a, b in zip(numbers, numbers[1:])]",
    "return all(a <= b for a, b in zip(numbers[:-1], numbers[1:]))",
    """
for at, v in enumerate(numbers[1:], 1):
    print(at, v - numbers[at - 1])
""",
    """
for a, b in zip(numbers, numbers[1:]):
    numbers[0] = b
return numbers
""",
    """
for v in numbers[1:]:
    numbers.append(0) if len(numbers) < 9 else None
return numbers
""",
    """
for v in numbers[:]:
    print(v, numbers[0])
return numbers.copy()
""",
    "return [sum(numbers[at:at + 2]) for at in range(len(numbers) - 1)]",
    "return [sorted(numbers[at:at + k]) for at in range(len(numbers) - k + 1)]",
    "return [numbers[at - k:at] for at in range(k, len(numbers) + 1)]",
    "return max((numbers[at + 1] - numbers[at] for at in range(len(numbers) - 1)), default=k)",
    """
steps = []
for at in range(1, len(numbers)):
    if numbers[at] > numbers[at - 1]:
        steps.append((at, numbers[at]))
return steps, len(numbers)
""",
    """
for at in range(2, len(numbers)):
    if numbers[at - 2] < numbers[at - 1] > numbers[at]:
        break
    print(numbers[at])
else:
    at = None
return at
""",
    """
for at in range(len(numbers) - 1):
    window = numbers[at:at + 2]
    window.reverse()
    kept.append(window)
    print(window, [numbers[at:at + 2] for _ in range(2)])
""",
    """
for at in range(1, len(numbers)):
    numbers[at] += numbers[at - 1]
    k = numbers[at]
return numbers[-1:], k
""",
    """
same = numbers
for at in range(len(numbers) - k + 1):
    window = numbers[at:at + k]
    same.pop() if window[0] == 3 else None
    k = 1 if window[0] == 2 else k
    print(window)
""",
    *(
        f"""
n = min(len(numbers), 8)
table = [[0] * (n + 1) for _ in range(n + 1)]
for a in range(1, n + 1):
    for b in range(1, n + 1):
        if numbers[a - 1] == numbers[b - 1]:
            table[a][b] = table[a - 1][b - 1] + 1
        else:
            table[a][b] = max(table[a - 1][b], table[a][b - 1])
return {given}
"""
        for given in ("table[n][n]", "table[-1]", "table")
    ),
)

# Loops over one list: what stands in front, what is done with an item, what has come of it.
# `{at}` tells the loops apart.
PASSES = (
    ("total{at} = 0", "total{at} += {number}", "total{at}"),
    ("count{at} = 0", "if {test}:\n    continue\ncount{at} += 1", "count{at}"),
    (
        "counts{at} = {{}}",
        "key = {text}\ncounts{at}[key] = counts{at}.get(key, 0) + 1",
        "sorted(counts{at}.items())",
    ),
    (
        "best{at} = None",
        "if best{at} is None or {number} > best{at}:\n    best{at} = {number}",
        "best{at}",
    ),
    ("some{at} = []", "key = {text}\nif key:\n    some{at}.append(key)", "some{at}[:3]"),
)

ODD_PASSES = (
    ("", "print({number}, {text})", "k"),
    ("", "{change}", "k"),
    ("total{at} = 0", "k += 1\ntotal{at} += k", "total{at}"),
    (
        "last{at} = None",
        "if last{at} == {text}:\n    print('again')\nlast{at} = {text}",
        "last{at}",
    ),
    ("key = 0", "key += {number}", "key"),
    ("last{at} = k", "if {test}:\n    last{at} = {number}\n    break", "last{at}"),
    ("total{at} = 0", "if {number} == 3:\n    raise {fail}(v)\ntotal{at} += 1", "total{at}"),
    ("", "kept.append({number})", "k"),
    ("count{at} = 0", "count{at} += len({rows})", "count{at}"),
    (
        "total{at} = 0",
        "try:\n    total{at} += 6 // {number}\nexcept ZeroDivisionError:\n    continue",
        "total{at}",
    ),
)

# What stands between two such loops.
BETWEEN_PASSES = (
    "size = len({rows})",
    "print('next')",
    "k += 1",
    "v = None",
    "kept.clear()",
    "k = 10 // k",
)

# What happens between two items of the loop that fills `rows` by `{add}`, after `item` is in it.
AFTER_ADDING = (
    "{change}",
    "{change}",
    "last = item",
    "kept.append(item)",
    "{add}",
    """
if {number} == 3:
    raise {fail}('three')
""",
    "print('made', item)",
    "seen = item if 'seen' not in locals() else seen",
    "tally[0] += 1",
)

LOOKING_WHILE_FILLING = (
    """
if len(rows) > 3:
    break
""",
    "print(rows[-1])",
    """
if len(rows) == 3:
    raise {fail}('many')
""",
    "rows += []",
    """
if len(rows) > 5:
    rows = rows[1:]
""",
)

# Around the whole loop.
AROUND = (
    """
try:
    {loop}
finally:
    print('read')
""",
    """
try:
    {loop}
except ValueError as error:
    print('bad', error)
""",
    """
if k:
    {loop}
""",
    """
for again in range(2):
    {loop}
""",
    """
{loop}
else:
    print('all')
""",
)

# How a function gives away what it has filled, and what that is.
ENDINGS = (
    ("return rows, len(rows)", "pair"),
    ("return {{'rows': rows, 'count': len(rows)}}", "dict"),
    ("if not rows:\n    return []\nreturn rows", "list"),
    ("if len(rows) > 2:\n    return rows\nreturn rows[:1]", "list"),
    ("return rows or None", "maybe"),
    ("print('loaded', len(rows))\nreturn rows", "list"),
    ("kept.append(rows)\nreturn rows", "list"),
    ("rows.append({item})\nreturn rows", "list"),
    ("return tuple(rows)", "tuple"),
    ("return iter(rows)", "generator"),
    ("try:\n    return rows\nfinally:\n    rows.reverse()", "list"),
    ("try:\n    return rows\nfinally:\n    print('given')", "list"),
    ("def give():\n    return rows\nreturn give()", "list"),
    ("def give():\n    return rows\nreturn give", "function"),
    ("return [rows]", "nested"),
    ("rows.sort(key=repr)\nreturn rows", "list"),
    ("return sorted(rows, key=repr)", "list"),
    ("return rows[:]", "list"),
    ("return (row for row in rows)", "generator"),
)

# Functions that take a list of records and give one of the same records.
FILTERS = (
    "return [v for v in rows if {test}]",
    """
out = []
for v in rows:
    if {test}:
        out.append(v)
return out
""",
    "return list(filter(lambda v: {test}, rows))",
)

ORDERS = (
    "return sorted(rows, key=lambda v: {order})",
    """
out = list(rows)
out.sort(key=lambda v: {order})
return out
""",
    """
rows = list(rows)
return sorted(rows, key=lambda v: {order}, reverse=True)
""",
)

DISTINCT = """
seen = set()
out = []
for v in rows:
    key = {text}
    if key not in seen:
        seen.add(key)
        out.append(v)
return out
"""

# Functions that give others records, made by `{item}`.
MAPS = (
    "return [{item} for v in rows]",
    """
out = []
for v in rows:
    out.append({item})
return out
""",
    "return list(map(lambda v: {item}, rows))",
)

ODD_CHANGES = (
    """
for v in rows:
    {change}
return rows
""",
    """
out = []
for v in rows:
    {change}
    out.append(v)
return out
""",
    "return rows",
    """
rows = list(rows)
rows.append(rows[0]) if rows else None
return rows
""",
    """
kept.extend(rows)
return kept
""",
    """
for v in rows:
    if {test}:
        return [v]
return []
""",
    """
for v in rows:
    if {test}:
        raise {fail}(k)
return []
""",
    "return [v for v in rows for w in range(2)]",
)
