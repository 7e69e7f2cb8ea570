#include "rpc/trace.hpp"

#include "contracts/catalog.hpp"
#include "evm/call_tracer.hpp"
#include "evm/footprint.hpp"
#include "evm/opcodes.hpp"
#include "evm/precompiles.hpp"
#include "evm/step_tracer.hpp"
#include "rpc/format.hpp"
#include "rpc/revert.hpp"
#include "rpc/utf8.hpp"

namespace plume::rpc {

namespace {

using Object = boost::json::object;
using Array = boost::json::array;

bool flag(const Field& field, std::string_view member) {
    const Field value = field[member];
    return value.given() && value.boolean();
}

// Steps: geth's struct log.

std::string name_of_opcode(uint8_t opcode) {
    if (!opcode_names[opcode].empty()) return std::string(opcode_names[opcode]);
    return "opcode " + to_quantity(u256{opcode}) + " not defined";
}

std::string error_of(const TracedStep& step) {
    std::string out(name_of(step.status));
    if (step.status == Status::undefined_instruction) out += ": " + name_of_opcode(step.opcode);
    return out;
}

Array words_of_memory(BytesView memory) {
    constexpr size_t word_size = 32;
    Array out;
    out.reserve(memory.size() / word_size);
    for (size_t at = 0; at < memory.size(); at += word_size)
        out.push_back(hex_data(memory.subspan(at, word_size)));
    return out;
}

Json to_json(const TracedStep& step, bool with_stack) {
    Object out{{"pc", step.pc},
               {"op", name_of_opcode(step.opcode)},
               {"gas", step.gas},
               {"gasCost", step.cost},
               {"depth", step.depth}};
    if (step.status != Status::success) out["error"] = error_of(step);
    if (with_stack) {
        Array stack;
        stack.reserve(step.stack.size());
        for (const u256& word : step.stack) stack.push_back(quantity(word));
        out["stack"] = std::move(stack);
    }
    if (!step.return_data.empty()) out["returnData"] = hex_data(step.return_data);
    if (!step.memory.empty()) out["memory"] = words_of_memory(step.memory);
    if (!step.storage.empty()) {
        Object storage;
        for (const auto& [slot, value] : step.storage)
            storage[to_hex(to_word(slot))] = hex_data(to_word(value));
        out["storage"] = std::move(storage);
    }
    if (step.refund != 0) out["refund"] = step.refund;
    return out;
}

class StepTrace final : public Trace {
public:
    StepTrace(const StepTracer::Options& options, TraceBudget& budget)
        : with_stack_(options.with_stack), tracer_(options, budget) {}

    Tracer* tracer() override { return &tracer_; }

    Json result() const override {
        Array steps;
        steps.reserve(tracer_.steps().size());
        for (const TracedStep& step : tracer_.steps()) steps.push_back(to_json(step, with_stack_));
        return Object{{"gas", tracer_.gas_used()},
                      {"failed", tracer_.result().status != Status::success},
                      {"returnValue", hex_data(tracer_.result().output)},
                      {"structLogs", std::move(steps)}};
    }

private:
    bool with_stack_;
    StepTracer tracer_;
};

StepTracer::Options read_step_options(const Field& field) {
    StepTracer::Options out;
    if (!field.given()) return out;
    out.with_stack = !flag(field, "disableStack");
    out.with_storage = !flag(field, "disableStorage");
    out.with_memory = flag(field, "enableMemory");
    out.with_return_data = flag(field, "enableReturnData");
    if (field["limit"].given()) out.count_max = field["limit"].lenient_number();
    return out;
}

// Calls.

std::string_view name_of_kind(TracedCall::Kind kind) {
    switch (kind) {
        case TracedCall::Kind::call:
            return "CALL";
        case TracedCall::Kind::static_call:
            return "STATICCALL";
        case TracedCall::Kind::delegate_call:
            return "DELEGATECALL";
        case TracedCall::Kind::call_code:
            return "CALLCODE";
        case TracedCall::Kind::create:
            return "CREATE";
        case TracedCall::Kind::create2:
            return "CREATE2";
        case TracedCall::Kind::self_destruct:
            return "SELFDESTRUCT";
    }
    fail("a call is of one of these kinds");
}

bool is_creation(const TracedCall& call) {
    return call.kind == TracedCall::Kind::create || call.kind == TracedCall::Kind::create2;
}

Json to_json(const TracedLog& traced) {
    Array topics;
    for (const Hash& topic : traced.log.topics) topics.push_back(hex_data(topic));
    return Object{{"address", hex_data(traced.log.address)},
                  {"topics", std::move(topics)},
                  {"data", hex_data(traced.log.data)},
                  {"position", quantity(traced.position)}};
}

void add_end(Object& out, const TracedCall& call) {
    if (!call.output.empty()) out["output"] = hex_data(call.output);
    if (call.status == Status::success) return;
    out["error"] = name_of(call.status);
    if (call.status != Status::revert) return;
    if (const auto reason = revert_reason(call.output)) out["revertReason"] = valid_utf8(*reason);
}

std::string_view method_of(const TracedCall& call) {
    if (is_creation(call)) return constructor_of(call.native->name);
    return method_called(call.native->name, call.input);
}

Json to_json(const TracedCall& call) {
    Object out{{"type", name_of_kind(call.kind)},
               {"from", hex_data(call.from)},
               {"gas", quantity(call.gas)},
               {"gasUsed", quantity(call.gas_used)},
               {"input", hex_data(call.input)}};
    // A contract that could not be created is nowhere.
    if (!is_creation(call) || call.status == Status::success) out["to"] = hex_data(call.to);
    if (call.kind != TracedCall::Kind::static_call) out["value"] = quantity(call.value);
    if (call.native != nullptr)
        if (const std::string_view method = method_of(call); !method.empty())
            out["method"] = method;
    add_end(out, call);
    if (!call.calls.empty()) {
        Array calls;
        calls.reserve(call.calls.size());
        for (const TracedCall& inner : call.calls) calls.push_back(to_json(inner));
        out["calls"] = std::move(calls);
    }
    if (!call.logs.empty()) {
        Array logs;
        for (const TracedLog& log : call.logs) logs.push_back(to_json(log));
        out["logs"] = std::move(logs);
    }
    return out;
}

class CallTrace final : public Trace {
public:
    CallTrace(CallTracer::Options options, TraceBudget& budget) : tracer_(options, budget) {}
    Tracer* tracer() override { return &tracer_; }
    Json result() const override { return to_json(tracer_.outermost()); }

private:
    CallTracer tracer_;
};

CallTracer::Options read_call_options(const Field& field) {
    if (!field.given()) return {};
    field.only_members({"onlyTopCall", "withLog"});
    return {.with_logs = flag(field, "withLog"), .only_outermost = flag(field, "onlyTopCall")};
}

/// geth's 4byteTracer: how often which selector was called with how much behind it.
class SelectorTrace final : public Trace {
public:
    explicit SelectorTrace(TraceBudget& budget) : tracer_({}, budget) {}
    Tracer* tracer() override { return &tracer_; }

    Json result() const override {
        std::map<std::string, uint64_t> counts;
        count(tracer_.outermost(), counts);
        Object out;
        for (const auto& [name, times] : counts) out[name] = times;
        return out;
    }

private:
    static void count(const TracedCall& call, std::map<std::string, uint64_t>& counts) {
        const bool is_code = !is_creation(call) && !is_precompile(call.to, Revision::osaka);
        if (is_code && call.input.size() >= Selector::size)
            ++counts[to_hex(BytesView{call.input}.first(Selector::size)) + "-" +
                     std::to_string(call.input.size() - Selector::size)];
        for (const TracedCall& inner : call.calls) count(inner, counts);
    }

    CallTracer tracer_;
};

class NoTrace final : public Trace {
public:
    Tracer* tracer() override { return nullptr; }
    Json result() const override { return Object{}; }
};

// The state before, and what is different after.

struct PrestateOptions {
    bool is_difference = false;
    bool with_code = true;
    bool with_storage = true;
    bool with_empty = false;
};

class PrestateTrace final : public Trace {
public:
    PrestateTrace(PrestateOptions options, TraceBudget& budget)
        : options_(options), tracer_(budget) {}
    Tracer* tracer() override { return &tracer_; }

    Json result() const override {
        Object before;
        Object after;
        for (const AccountChange& account : tracer_.accounts()) {
            const bool is_changed = changed(account);
            const std::string address = to_hex(account.address);
            if (options_.is_difference && !is_changed) continue;
            if (options_.with_empty || !is_empty(account.before))
                before[address] = state_before(account);
            if (is_changed && account.after) after[address] = state_after(account);
        }
        if (!options_.is_difference) return before;
        return Object{{"pre", std::move(before)}, {"post", std::move(after)}};
    }

private:
    static bool is_empty(const std::optional<AccountFields>& account) {
        return !account || account->is_empty();
    }

    bool changed(const AccountChange& account) const {
        if (account.before != account.after &&
            !(is_empty(account.before) && is_empty(account.after)))
            return true;
        return options_.with_storage &&
               std::ranges::any_of(
                   account.slots, [](const SlotChange& slot) { return slot.before != slot.after; });
    }

    Object state_before(const AccountChange& account) const {
        const AccountFields fields = account.before.value_or(AccountFields{});
        Object out{{"balance", quantity(fields.balance)}};
        if (fields.nonce != 0) out["nonce"] = fields.nonce;
        if (options_.with_code && fields.has_code())
            out["code"] = hex_data(tracer_.code(fields.code_hash));
        Object storage;
        for (const SlotChange& slot : account.slots) {
            const bool is_told = slot.before != slot.after && !slot.before.is_zero();
            if (options_.with_storage && (is_told || !options_.is_difference))
                storage[to_hex(to_word(slot.slot))] = hex_data(to_word(slot.before));
        }
        if (!storage.empty()) out["storage"] = std::move(storage);
        return out;
    }

    /// Only what has changed.
    Object state_after(const AccountChange& account) const {
        const AccountFields before = account.before.value_or(AccountFields{});
        const AccountFields& now = *account.after;
        Object out;
        if (now.balance != before.balance) out["balance"] = quantity(now.balance);
        if (now.nonce != before.nonce) out["nonce"] = now.nonce;
        if (options_.with_code && now.code_hash != before.code_hash)
            out["code"] = hex_data(tracer_.code(now.code_hash));
        Object storage;
        for (const SlotChange& slot : account.slots)
            if (options_.with_storage && slot.after != slot.before && !slot.after.is_zero())
                storage[to_hex(to_word(slot.slot))] = hex_data(to_word(slot.after));
        if (!storage.empty()) out["storage"] = std::move(storage);
        return out;
    }

    PrestateOptions options_;
    Footprint tracer_;
};

PrestateOptions read_prestate_options(const Field& field) {
    if (!field.given()) return {};
    field.only_members({"diffMode", "disableCode", "disableStorage", "includeEmpty"});
    return {.is_difference = flag(field, "diffMode"),
            .with_code = !flag(field, "disableCode"),
            .with_storage = !flag(field, "disableStorage"),
            .with_empty = flag(field, "includeEmpty")};
}

}  // namespace

Tracing::Tracing(const Field& field) {
    if (field.given())
        field.only_members({"tracer", "tracerConfig", "timeout", "reexec", "debug", "limit",
                            "enableMemory", "disableMemory", "disableStack", "disableStorage",
                            "enableReturnData", "disableReturnData", "stateOverrides",
                            "blockOverrides", "txIndex"});
    const Field name = field.given() ? field["tracer"] : field;
    if (!name.given() || name.text().empty()) {
        make_ = [options = read_step_options(field)](TraceBudget& budget) {
            return std::make_unique<StepTrace>(options, budget);
        };
        return;
    }
    const Field config = field["tracerConfig"];
    if (name.text() == "callTracer")
        make_ = [options = read_call_options(config)](TraceBudget& budget) {
            return std::make_unique<CallTrace>(options, budget);
        };
    else if (name.text() == "prestateTracer")
        make_ = [options = read_prestate_options(config)](TraceBudget& budget) {
            return std::make_unique<PrestateTrace>(options, budget);
        };
    else if (name.text() == "4byteTracer")
        make_ = [](TraceBudget& budget) { return std::make_unique<SelectorTrace>(budget); };
    else if (name.text() == "noopTracer")
        make_ = [](TraceBudget&) { return std::make_unique<NoTrace>(); };
    else
        name.refuse(
            "no such tracer: there are callTracer, prestateTracer, 4byteTracer, noopTracer");
}

std::unique_ptr<Trace> Tracing::next() {
    return make_(budget_);
}

void Tracing::check_size() const {
    if (budget_.is_spent())
        throw RpcError{code::limit_exceeded,
                       "trace too large; ask for less of it (disableStack, disableStorage, limit, "
                       "onlyTopCall) or for fewer transactions at once"};
}

}  // namespace plume::rpc
