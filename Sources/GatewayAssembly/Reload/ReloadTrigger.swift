/// Why the configuration is read again; so it stands in the trail.
enum ReloadTrigger: String, Sendable {
    /// SIGHUP.
    case signal
    /// The file changed.
    case file
}
