/// What a policy is made from.
struct PolicySetting {
    let maximumBytes: Int
    let trace: Trace
    /// What the entry of each key counts for.
    let costs: [Int]
}
