/// Where a browser is asked for a key.
struct LoginPage: Sendable {
    let frame: PageFrame
    /// The page that was wanted.
    let next: String
    let problem: String?
}
