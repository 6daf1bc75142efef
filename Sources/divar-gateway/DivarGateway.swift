import ArgumentParser

@main
struct DivarGateway: ParsableCommand {
}
