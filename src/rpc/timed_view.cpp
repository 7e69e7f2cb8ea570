#include "rpc/timed_view.hpp"

#include "rpc/error.hpp"

namespace plume::rpc {

TimedView::TimedView(const StateView& under, std::chrono::milliseconds time)
    : under_(under), end_(std::chrono::steady_clock::now() + time) {}

void TimedView::check_time() const {
    // geth's words.
    if (std::chrono::steady_clock::now() >= end_)
        throw RpcError{code::server_error, "execution aborted (timeout = 5s)"};
}

std::optional<AccountFields> TimedView::account(const Address& address) const {
    check_time();
    return under_.account(address);
}

u256 TimedView::storage(const Address& address, const u256& slot) const {
    check_time();
    return under_.storage(address, slot);
}

Bytes TimedView::code(const Hash& code_hash) const {
    check_time();
    return under_.code(code_hash);
}

}  // namespace plume::rpc
