// What debug_trace... answers: tracers by the names and options that geth gave them.
#pragma once

#include <memory>

#include "evm/trace_budget.hpp"
#include "evm/tracer.hpp"
#include "rpc/field.hpp"

namespace plume::rpc {

/// One transaction's trace.
class Trace {
public:
    virtual ~Trace() = default;
    virtual Tracer* tracer() = 0;
    /// Once the transaction is over.
    virtual Json result() const = 0;
};

/// Makes the traces that one request asks for. They share its limits.
class Tracing {
public:
    /// Reads { tracer?, tracerConfig?, ... }; steps when `field` is not given:
    ///
    ///   no tracer       { enableMemory, enableReturnData, disableStack, disableStorage, limit }
    ///   callTracer      tracerConfig { onlyTopCall, withLog }
    ///   prestateTracer  tracerConfig { diffMode, disableCode, disableStorage, includeEmpty }
    ///   4byteTracer, noopTracer
    ///
    /// `timeout` and `reexec` are ignored: gas bounds the time, and every state can be read. So are
    /// the members that only debug_traceCall has. Any other is refused.
    explicit Tracing(const Field& field);

    std::unique_ptr<Trace> next();
    /// Throws -32005 when the traces so far did not fit.
    void check_size() const;

private:
    using Make = std::function<std::unique_ptr<Trace>(TraceBudget&)>;

    Make make_;
    TraceBudget budget_;
};

}  // namespace plume::rpc
