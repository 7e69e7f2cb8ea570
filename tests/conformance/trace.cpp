#include "conformance/trace.hpp"

#include "base/thread.hpp"
#include "conformance/document.hpp"
#include "conformance/formats.hpp"
#include "conformance/state_tests.hpp"
#include "evm/opcodes.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

std::string quoted(std::string_view text) {
    return json::serialize(json::value(text));
}

std::string quantity(uint64_t number) {
    return "\"" + to_quantity(u256{number}) + "\"";
}

std::string words(std::span<const u256> stack) {
    std::string out = "[";
    for (const u256& word : stack) {
        if (out.size() > 1) out += ',';
        out += "\"" + to_quantity(word) + "\"";
    }
    return out + "]";
}

/// The line of a step without its cost and its end.
std::string start_of_line(const Step& step) {
    const auto refund = static_cast<uint64_t>(std::max<int64_t>(step.refund, 0));
    return "{\"pc\":" + std::to_string(step.pc) + ",\"op\":" + std::to_string(step.opcode) +
           ",\"opName\":" + quoted(opcode_names[step.opcode]) + ",\"gas\":" + quantity(step.gas) +
           ",\"memSize\":" + std::to_string(step.memory.size()) +
           ",\"stack\":" + words(step.stack) +
           ",\"depth\":" + std::to_string(step.message->depth + 1) + ",\"returnData\":\"" +
           to_hex(step.return_data) + "\",\"refund\":" + quantity(refund);
}

/// Runs the cases one after the other.
bool run_traced(const std::filesystem::path& file, std::string_view name, std::ostream& out) {
    const auto document = Document::read(file);
    if (!document) {
        out << file.string() << ": " << document.error().what << "\n";
        return false;
    }
    LineTracer tracer(out);
    size_t count = 0;
    bool all_passed = true;
    for_each_entry(file, (*document)->content(), [&](const Entry& entry) {
        if (!is_state_test(entry)) return;
        for (const Case& one : traced_state_cases(entry, tracer)) {
            if (one.name.find(name) == std::string::npos) continue;
            ++count;
            const Outcome outcome = one.run();
            if (!outcome.has_failed()) continue;
            all_passed = false;
            out << "FAILED " << one.name << "\n" << outcome.failures() << "\n";
        }
    });
    if (count == 0) out << file.string() << ": no state test is called like that\n";
    return all_passed && count > 0;
}

}  // namespace

void LineTracer::enter(const Message&, BytesView, const NativeType*) {
    frames_.emplace_back();
}

void LineTracer::leave(const CallResult& result) {
    const bool keeps_gas = result.status == Status::success || result.status == Status::revert;
    Pending& last = frames_.back();
    finish(last, keeps_gas ? result.gas_left : last.gas, keeps_gas ? "" : name_of(result.status));
    frames_.pop_back();
}

void LineTracer::step(const Step& step) {
    Pending& last = frames_.back();
    finish(last, step.gas, "");
    last = {start_of_line(step), step.gas};
}

void LineTracer::gave(uint32_t, uint64_t gas_left) {
    finish(frames_.back(), gas_left, "");
}

void LineTracer::end(std::string_view name, const Transacted& done, const Hash& state_root,
                     bool passed) {
    out_ << "{\"test\":" << quoted(name) << ",\"pass\":" << (passed ? "true" : "false")
         << ",\"output\":\"" << to_hex(done.result.output)
         << "\",\"gasUsed\":" << quantity(done.gas_used) << ",\"stateRoot\":\""
         << to_hex(state_root) << "\"}\n";
}

void LineTracer::finish(Pending& pending, uint64_t gas_left, std::string_view error) {
    if (pending.line.empty()) return;
    out_ << pending.line << ",\"gasCost\":" << quantity(pending.gas - gas_left);
    if (!error.empty()) out_ << ",\"error\":" << quoted(error);
    out_ << "}\n";
    pending.line.clear();
}

bool trace(const std::filesystem::path& file, std::string_view name, std::ostream& out) {
    bool passed = false;
    {
        const Thread thread("trace", [&] {
            passed = guarded([&] { return run_traced(file, name, out); },
                             [&](const std::string& why) {
                                 out << file.string() << ": " << why << "\n";
                                 return false;
                             });
        });
    }
    return passed;
}

}  // namespace plume::conformance
