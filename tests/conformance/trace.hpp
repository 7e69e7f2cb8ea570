// What a transaction does, instruction by instruction, as lines of JSON (EIP-3155).
#pragma once

#include <filesystem>
#include <ostream>
#include <vector>

#include "chain/transact.hpp"
#include "conformance/cases.hpp"
#include "evm/tracer.hpp"

namespace plume::conformance {

/// Writes a line for each step, as soon as it is known what the step costs. Gas handed to a callee
/// counts as cost; of a step that fails it is not known what it would have cost, and 0 is written.
class LineTracer final : public Tracer {
public:
    explicit LineTracer(std::ostream& out) : out_(out) {}

    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult& result) override;
    bool wants_steps() const override { return true; }
    void step(const Step& step) override;
    void gave(uint32_t depth, uint64_t gas_left) override;

    /// The line that closes a case.
    void end(std::string_view name, const Transacted& done, const Hash& state_root, bool passed);

private:
    /// A frame's last step, whose cost is not known yet.
    struct Pending {
        std::string line;  ///< up to the cost; empty when there is no such step
        uint64_t gas = 0;
    };

    void finish(Pending& pending, uint64_t gas_left, std::string_view error);

    std::ostream& out_;
    std::vector<Pending> frames_;  ///< outermost first
};

/// Runs the cases of state tests in `file` whose names contain `name`, and writes their traces and
/// how they ended. False when one failed, or there is none.
bool trace(const std::filesystem::path& file, std::string_view name, std::ostream& out);

}  // namespace plume::conformance
