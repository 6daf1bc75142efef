private import Mustache

/// The pages, made of templates that are part of the program.
struct Console: Sendable {
    private let library: MustacheLibrary

    init() {
        MustacheContentTypes.register(PageText(), named: PageText.name)
        var library = MustacheLibrary()
        for (name, bytes) in Console.templates {
            // A template that is none would be a bug in the program; a test parses them all.
            try? library.register(String(decoding: bytes, as: UTF8.self), named: name)
        }
        self.library = library
    }

    func text(_ template: String, _ view: Any) -> String {
        library.render(view, withTemplate: template) ?? ""
    }

    static let templates: [String: [UInt8]] = [
        "layout": PackageResources.layout_mustache, "overview": PackageResources.overview_mustache,
        "state": PackageResources.state_mustache, "chart": PackageResources.chart_mustache,
        "trail": PackageResources.trail_mustache, "story": PackageResources.story_mustache,
        "live": PackageResources.live_mustache, "login": PackageResources.login_mustache,
        "message": PackageResources.message_mustache,
    ]

    /// What pages load besides, by name.
    static func asset(_ name: String) -> (type: String, bytes: [UInt8])? {
        switch name {
        case "console.css": ("text/css; charset=utf-8", PackageResources.console_css)
        case "console.js": ("text/javascript; charset=utf-8", PackageResources.console_js)
        case "icon.svg": ("image/svg+xml", PackageResources.icon_svg)
        default: nil
        }
    }
}
