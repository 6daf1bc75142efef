internal import NIOHTTP1

/// The fields of an answer that speak of caching (RFC 9111 section 5, RFC 9110 section 8.8), as they came; several
/// lines of one field are joined with commas.
package struct UpstreamCaching: Sendable, Hashable {
    package var cacheControl: String?
    package var date: String?
    package var age: String?
    package var expires: String?
    package var entityTag: String?
    package var lastModified: String?
    package var vary: String?

    package init() {}

    init(_ headers: HTTPHeaders) {
        for (name, value) in headers {
            // Most answers have none of these; a letter tells.
            guard let first = name.utf8.first, "cdaelvCDAELV".utf8.contains(first) else { continue }
            switch name.lowercased() {
            case "cache-control": UpstreamCaching.add(value, to: &cacheControl)
            case "date": UpstreamCaching.add(value, to: &date)
            case "age": UpstreamCaching.add(value, to: &age)
            case "expires": UpstreamCaching.add(value, to: &expires)
            case "etag": UpstreamCaching.add(value, to: &entityTag)
            case "last-modified": UpstreamCaching.add(value, to: &lastModified)
            case "vary": UpstreamCaching.add(value, to: &vary)
            default: break
            }
        }
    }

    private static func add(_ value: String, to field: inout String?) {
        field = field.map { $0 + ", " + value } ?? value
    }
}
