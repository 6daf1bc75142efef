/// What a caller said of its user's token's end, in microseconds of the monotonic clock. Later words have higher
/// numbers and hold, in whatever order the fetches end that they came with.
struct TokenWord {
    let end: Int64
    let number: UInt64
}
