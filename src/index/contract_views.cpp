#include "index/contract_views.hpp"

#include "codec/abi.hpp"
#include "crypto/keccak.hpp"
#include "evm/execution.hpp"
#include "index/events.hpp"

namespace plume {

namespace {

/// More than any of the views takes.
constexpr uint64_t view_gas = 1'000'000;

std::string type_of(const Chain& chain, BytesView code) {
    for (const NativeType& type : chain.rules().natives)
        if (equal(code, native_code(type))) return std::string(type.name);
    return {};
}

/// Views of one contract, at the head. A view that it does not have answers nothing.
class Views {
public:
    Views(const Chain& chain, std::shared_ptr<const StoreSnapshot> head, const Address& at)
        : chain_(chain), head_(std::move(head)), at_(at) {
        block_ = chain.next_environment(head_->header().timestamp);
    }

    template <class T>
    std::optional<T> ask(std::string_view signature) const {
        CallRequest request;
        request.to = at_;
        request.gas_limit = view_gas;
        const Hash hash = keccak256(signature);
        request.data = to_bytes(BytesView(hash).first(4));
        const auto done = simulate(*head_, block_, chain_.rules(), request);
        if (!done || done->result.status != Status::success) return std::nullopt;
        const auto value = abi::decode_one<T>(done->result.output);
        return value ? std::optional<T>(*value) : std::nullopt;
    }

private:
    const Chain& chain_;
    std::shared_ptr<const StoreSnapshot> head_;
    Address at_;
    BlockEnvironment block_;
};

}  // namespace

const KnownContract* ContractViews::find(const Address& address) {
    auto found = known_.find(address);
    if (found == known_.end()) {
        if (known_.size() >= known_contracts_max) known_.clear();
        found = known_.emplace(address, look(address)).first;
    }
    return found->second ? &*found->second : nullptr;
}

void ContractViews::launched(const Address& address, const Hash& record) {
    const auto found = known_.find(address);
    if (found != known_.end() && found->second) found->second->record = record;
}

std::optional<KnownContract> ContractViews::look(const Address& address) const {
    const auto head = chain_.head();
    const auto account = head->account(address);
    if (!account) return std::nullopt;
    const std::string kind = type_of(chain_, head->code(account->code_hash));
    if (kind.empty()) return std::nullopt;
    const Views views(chain_, head, address);
    KnownContract out{.address = address, .kind = kind};
    out.name = views.ask<std::string>("name()").value_or("");
    out.symbol = views.ask<std::string>("symbol()").value_or("");
    out.decimals = views.ask<uint8_t>("decimals()").value_or(0);
    out.currency = views.ask<Address>("asset()").value_or(Address{});
    out.purpose = views.ask<Hash>("purpose()").value_or(Hash{});
    out.record = views.ask<Hash>("record()").value_or(Hash{});
    if (kind != "EscrowVault") return out;
    out.payer = views.ask<Address>("payer()");
    out.payee = views.ask<Address>("payee()");
    return out;
}

}  // namespace plume
