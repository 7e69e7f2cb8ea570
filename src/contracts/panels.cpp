#include "contracts/panels.hpp"

#include "native/math.hpp"

namespace plume::panels {

namespace {

/// What is kept of a panel.
struct Record : Place {
    static constexpr uint64_t slots = 6;

    Slot<Address> currency() const { return {position, 0}; }
    Slot<uint8_t> quorum() const { return {position, 20}; }
    Slot<uint8_t> level() const { return {position, 21}; }
    Slot<u128> fee() const { return {position + u256{1u}, 0}; }
    Slot<uint64_t> commit_seconds() const { return {position + u256{2u}, 0}; }
    Slot<uint64_t> reveal_seconds() const { return {position + u256{2u}, 8}; }
    Slot<uint64_t> appeal_seconds() const { return {position + u256{2u}, 16}; }
    Slot<u256> appeal_panel() const { return {position + u256{3u}}; }
    Text name() const { return {{position + u256{4u}}}; }
    Array<Address> jurors() const { return {{position + u256{5u}}}; }
};

constexpr u256 base = namespace_slot("plume.panels");
constexpr Array<Record> records{{base}};

/// Who sits on which panel, beside the list.
constexpr Map<u256, Map<Address, bool>> seats{{base + u256{1u}}};

Record record_of(const Contract& contract, const u256& id) {
    const u256 size = count(contract);
    contract.require(!id.is_zero() && id <= size, UnknownPanel{id, size});
    return records[id.low64() - 1];
}

void require_period(const Contract& contract, uint64_t seconds) {
    contract.require(seconds >= period_seconds_least && seconds <= period_seconds_max,
                     PeriodInvalid{seconds});
}

void require_jurors(const Contract& contract, const Panel& panel) {
    const auto& jurors = panel.jurors;
    contract.require(!jurors.empty() && jurors.size() <= jurors_max,
                     JurorCountInvalid{u256{jurors.size()}, u256{jurors_max}});
    contract.require(panel.quorum > 0 && panel.quorum <= jurors.size(),
                     QuorumInvalid{panel.quorum, u256{jurors.size()}});
    for (auto juror = jurors.begin(); juror != jurors.end(); ++juror)
        contract.require(*juror != Address{} && *juror != contract.self() &&
                             std::find(jurors.begin(), juror, *juror) == juror,
                         JurorInvalid{*juror});
}

void require_valid(const Contract& contract, const Panel& panel) {
    contract.require(panel.name.size() <= panel_name_size_max,
                     PanelNameTooLong{u256{panel.name.size()}, u256{panel_name_size_max}});
    contract.require(!panel.fee.number.is_zero(), PanelFeeZero{});
    require_jurors(contract, panel);
    require_period(contract, panel.commit_seconds);
    require_period(contract, panel.reveal_seconds);
    if (panel.appeal_panel.is_zero()) {
        contract.require(panel.appeal_seconds == 0, PeriodInvalid{panel.appeal_seconds});
        return;
    }
    require_period(contract, panel.appeal_seconds);
    const Record above = record_of(contract, panel.appeal_panel);
    contract.require(contract.get(above.currency()) == panel.currency &&
                         contract.length(above.jurors()) >= panel.jurors.size() &&
                         contract.get(above.level()) < appeals_max,
                     AppealPanelInvalid{panel.appeal_panel});
}

}  // namespace

u256 create(Contract& contract, const Panel& panel) {
    require_valid(contract, panel);
    const uint8_t level =
        panel.appeal_panel.is_zero()
            ? uint8_t{0}
            : static_cast<uint8_t>(contract.get(record_of(contract, panel.appeal_panel).level()) +
                                   1);
    const Record record = contract.push(records);
    const u256 id = count(contract);
    contract.set(record.currency(), panel.currency);
    contract.set(record.quorum(), panel.quorum);
    contract.set(record.level(), level);
    contract.set(record.fee(), panel.fee);
    contract.set(record.commit_seconds(), panel.commit_seconds);
    contract.set(record.reveal_seconds(), panel.reveal_seconds);
    contract.set(record.appeal_seconds(), panel.appeal_seconds);
    contract.set(record.appeal_panel(), panel.appeal_panel);
    contract.set(record.name(), view_of(panel.name));
    for (const Address& juror : panel.jurors) {
        contract.set(contract.push(record.jurors()), juror);
        contract.set(seats[id][juror], true);
    }
    // A cost of 2^127 and more could not be staked twice over in an appeal.
    const u256 price = cost(contract, id);
    if (price.bit_length() > 126) contract.refuse(Panic{panic_arithmetic});
    contract.emit(PanelCreated{id, contract.sender(), panel.name, panel.currency, price});
    return id;
}

u256 count(const Contract& contract) {
    return u256{contract.length(records)};
}

Panel terms(const Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    Panel out{.name = contract.get_string(record.name()),
              .currency = contract.get(record.currency()),
              .fee = contract.get(record.fee()),
              .quorum = contract.get(record.quorum()),
              .commit_seconds = contract.get(record.commit_seconds()),
              .reveal_seconds = contract.get(record.reveal_seconds()),
              .appeal_seconds = contract.get(record.appeal_seconds()),
              .appeal_panel = contract.get(record.appeal_panel()),
              .jurors = {}};
    const uint64_t size = contract.length(record.jurors());
    for (uint64_t i = 0; i < size; ++i) out.jurors.push_back(contract.get(record.jurors()[i]));
    return out;
}

Address currency(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).currency());
}

u256 cost(const Contract& contract, const u256& id) {
    const Record record = record_of(contract, id);
    return contract.get(record.fee()).number * u256{contract.length(record.jurors())};
}

u256 appeal_panel(const Contract& contract, const u256& id) {
    return contract.get(record_of(contract, id).appeal_panel());
}

bool has_juror(const Contract& contract, const u256& id, const Address& account) {
    return contract.get(seats[id][account]);
}

}  // namespace plume::panels
