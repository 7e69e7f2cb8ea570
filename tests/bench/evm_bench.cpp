// How much gas of bytecode the interpreter burns a second, program by program, and how long the
// machine takes to recover a signature in the same run, to compare machines by.
//
//   evm_bench [FOLDER]      FOLDER holds *.case files: a line "code HEX", then lines
//                           "input NAME HEX"; default ../shared/bench/evm
//   evm_bench --json FOLDER the same as one JSON object on stdout
#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "base/result.hpp"
#include "base/thread.hpp"
#include "crypto/signature.hpp"
#include "evm/call.hpp"
#include "support/memory_store.hpp"

namespace plume {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double seconds_min = 0.5;  // a program runs at least so long
constexpr uint64_t gas_limit = 10'000'000'000;

struct Program {
    std::string name;
    Bytes code;
    Bytes input;
};

std::vector<Program> programs_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".case") files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<Program> out;
    for (const auto& file : files) {
        std::ifstream lines(file);
        std::string line;
        Bytes code;
        while (std::getline(lines, line)) {
            std::istringstream words(line);
            std::string kind;
            std::string first;
            std::string second;
            words >> kind >> first >> second;
            if (kind == "code") code = from_hex(first).value();
            if (kind == "input")
                out.push_back({file.stem().string() + " " + first, code, from_hex(second).value()});
        }
    }
    return out;
}

struct Measured {
    uint64_t gas = 0;
    double seconds = 0;  ///< of the fastest run
};

Measured measure(const Program& program) {
    const Address contract = to_address(u256{0xc0deu});
    const test::MemoryStore nothing;
    State state(nothing);
    state.set_code(contract, program.code);
    state.end_transaction();
    BlockEnvironment block;
    Measured out{0, 1e9};
    const auto end = Clock::now() + std::chrono::duration<double>(seconds_min);
    do {
        state.begin_transaction();
        const State::Mark mark = state.mark();
        Execution execution{state, block, {}, {}, {}};
        const auto start = Clock::now();
        const CallResult result = call(execution, {.gas = gas_limit,
                                                   .sender = {},
                                                   .recipient = contract,
                                                   .code_address = contract,
                                                   .value = {},
                                                   .input = program.input});
        out.seconds =
            std::min(out.seconds, std::chrono::duration<double>(Clock::now() - start).count());
        check(result.status == Status::success || result.status == Status::revert,
              "a program of the bench ends");
        out.gas = gas_limit - result.gas_left;
        state.rollback(mark);
    } while (Clock::now() < end);
    return out;
}

double recoveries_per_second() {
    const Hash digest = to_word(u256{7u});
    const Signature signature = sign(digest, *PrivateKey::from(to_word(u256{5u})));
    constexpr int count = 3'000;
    const auto start = Clock::now();
    for (int i = 0; i < count; ++i) check(recover(digest, signature).has_value(), "it was signed");
    return count / std::chrono::duration<double>(Clock::now() - start).count();
}

void run(const std::filesystem::path& folder, bool as_json) {
    const std::vector<Program> programs = programs_in(folder);
    double log_sum = 0;
    if (as_json) std::cout << "{";
    for (const Program& program : programs) {
        const Measured done = measure(program);
        const double rate = static_cast<double>(done.gas) / done.seconds / 1e6;
        log_sum += std::log(rate);
        if (as_json)
            std::cout << (&program == programs.data() ? "" : ",") << "\n  \"" << program.name
                      << "\": {\"gas\": " << done.gas << ", \"seconds\": " << done.seconds << "}";
        else
            std::printf("%-40s %12llu gas %10.3f ms %9.0f Mgas/s\n", program.name.c_str(),
                        static_cast<unsigned long long>(done.gas), done.seconds * 1e3, rate);
    }
    if (as_json) {
        std::cout << "\n}\n";
        return;
    }
    std::printf("%-40s %34s %9.0f Mgas/s\n", "geometric mean", "",
                std::exp(log_sum / static_cast<double>(programs.size())));
    std::printf("%-40s %34s %9.0f 1/s\n", "secp256k1 recoveries, one core", "",
                recoveries_per_second());
}

}  // namespace
}  // namespace plume

int main(int argc, char** argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const bool as_json = std::ranges::find(arguments, "--json") != arguments.end();
    std::filesystem::path folder = "../shared/bench/evm";
    for (const std::string_view argument : arguments)
        if (argument != "--json") folder = argument;
    if (!std::filesystem::is_directory(folder)) {
        std::cerr << "evm_bench: no programs: there is no folder " << folder << "\n";
        return 0;
    }
    const plume::Thread worker("bench", [&] { plume::run(folder, as_json); });
}
