/// The methods that Divar's endpoints have.
package enum RequestMethod: String, Sendable, Hashable {
    case get = "GET"
    case post = "POST"
}
