/// How many elements the longest array in a value has.
func largestArray(in value: Any) -> Int {
    Mirror(reflecting: value).children.map { child in
        (child.value as? any Collection)?.count ?? 0
    }.max() ?? 0
}
