import Messaging
import Testing

/// Names of apps and callers by number.
enum Names {
    static func app(_ number: Int) throws -> AppName { try #require(AppName("app\(number)")) }

    static func caller(_ number: Int) throws -> CallerName { try #require(CallerName("caller\(number)")) }
}
