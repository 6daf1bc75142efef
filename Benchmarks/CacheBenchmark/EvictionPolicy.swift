/// A cache that keeps what it is asked for until it has to give it up.
protocol EvictionPolicy {
    /// - Returns: whether it was there.
    mutating func request(_ key: Int) -> Bool
}
