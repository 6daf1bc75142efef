/// How a caller is known.
package enum CallerEvidence: String, Sendable, Hashable, CaseIterable {
    /// By the gateway key that it presented.
    case key
    /// By the user that its process runs as, on this machine.
    case peer
    /// By its client certificate.
    case certificate
    /// By being on this machine, while no callers are configured.
    case local
}
