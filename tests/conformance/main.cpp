// plume-conformance: holds Plume against Ethereum's public test files.
#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "conformance/runner.hpp"
#include "conformance/trace.hpp"

int main(int argc, char** argv) {
    using namespace plume::conformance;
    CLI::App app(
        "Runs public test files: state, block and transaction tests, tries, encodings,\n"
        "typed data, key stores and hashes. What a file is, its content tells.");
    Options options;
    options.jobs = std::max(1u, std::thread::hardware_concurrency());
    app.add_option("path", options.paths, "Files, and folders whose *.json are meant");
    app.add_option("--jobs,-j", options.jobs, "Threads")->check(CLI::Range(1u, 1024u));
    app.add_option("--filter", options.filter, "Only cases with this text in their path or name");
    app.add_option("--every", options.every, "Every second, third, ... file only")
        ->check(CLI::Range(1u, 1'000'000u));
    app.add_flag("--slow", options.is_slow, "Also the one case that takes a minute");
    std::string traced;
    app.add_option("--trace", traced,
                   "FILE:CASE: run the state tests of FILE with CASE in their\n"
                   "names, step by step, as lines of JSON (EIP-3155)");
    CLI11_PARSE(app, argc, argv);
    if (!traced.empty()) {
        // A case's name has colons of its own, a file's has none.
        const size_t colon = std::min(traced.find(':'), traced.size());
        const bool passed =
            trace(traced.substr(0, colon),
                  std::string_view(traced).substr(std::min(colon + 1, traced.size())), std::cout);
        return passed ? 0 : 1;
    }
    if (options.paths.empty()) return app.exit(CLI::RequiredError("path"));
    const Tally total = run(options, std::cout);
    return total.failed == 0 && total.passed > 0 ? 0 : 1;
}
