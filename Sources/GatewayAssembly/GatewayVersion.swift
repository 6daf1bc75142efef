/// The version of this program, as `version`, `User-Agent` and the logs give it.
package enum GatewayVersion {
    package static let text = "0.1.0"
    package static let userAgent = "divar-gateway/" + text
}
