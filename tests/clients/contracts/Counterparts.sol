// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

// Solidity that does what the native contracts do where they are measured: the same rules, books,
// events and questions to others, in storage that is packed alike, and no invariants.

/// Records as EAS keeps them; whether one is live.
contract Records {
    struct Attestation {
        bytes32 uid;
        bytes32 schema;
        uint64 time;
        uint64 expirationTime;
        uint64 revocationTime;
    }

    mapping(bytes32 uid => Attestation) private attestations;

    function attest(bytes32 uid, bytes32 schema) external {
        attestations[uid] = Attestation(uid, schema, uint64(block.timestamp), 0, 0);
    }

    function isLive(bytes32 uid) external view returns (bool) {
        Attestation storage found = attestations[uid];
        if (found.uid == 0 || found.revocationTime != 0) return false;
        if (found.expirationTime != 0 && found.expirationTime <= block.timestamp) return false;
        return found.schema != 0;
    }
}

/// What conditions look at.
contract Switches {
    mapping(uint256 number => uint8) private switches;

    function turn(uint256 number, uint8 to) external {
        switches[number] = to;
    }

    function isOn(uint256 number) external view returns (bool) {
        uint8 state = switches[number];
        require(state != 2, "broken");
        return state == 1;
    }
}

/// Shares that earn in up to eight currencies, with carried remainders, record dates and excluded
/// holders: revenue.hpp.
abstract contract Shares is ERC20 {
    struct Record {
        address currency;
        uint128 indexed_;
        uint128 pending;
        uint256 index;
        uint128 scale;
        uint128 remainder;
        uint256 correctionSum;
        mapping(address holder => uint256) corrections;
        mapping(address holder => uint256) taken;
    }

    error CurrencyNotListed(address currency);
    error NoShares();

    uint64 private movedBlock;
    uint64 private pendingBlock;
    uint8 private count;
    uint32 private excludedCount;
    uint128 private excludedShares;
    mapping(uint256 id => Record) private records;
    mapping(address holder => bool) private excluded;

    function _list(address currency) internal {
        if (count == 0) movedBlock = uint64(block.number);
        records[count++].currency = currency;
    }

    function _idOf(address currency) internal view returns (uint256) {
        uint256 size = count;
        for (uint256 i = 0; i < size; ++i) if (records[i].currency == currency) return i;
        revert CurrencyNotListed(currency);
    }

    function _isExcluded(address holder) private view returns (bool) {
        return excludedCount != 0 && excluded[holder];
    }

    function _sharing(uint256 supply) private view returns (uint256) {
        return excludedCount == 0 ? supply : supply - excludedShares;
    }

    function _step(Record storage record, uint256 amount, uint256 shares)
        private
        view
        returns (uint256 index, uint256 scale, uint256 remainder)
    {
        scale = record.scale;
        if (scale == 0) scale = shares * (type(uint128).max / shares);
        uint256 numerator = amount * scale + record.remainder;
        return (record.index + numerator / shares, scale, numerator % shares);
    }

    function _advance(Record storage record, uint256 amount, uint256 shares) private {
        (uint256 index, uint256 scale, uint256 remainder) = _step(record, amount, shares);
        record.index = index;
        record.scale = uint128(scale);
        record.remainder = uint128(remainder);
        record.indexed_ += uint128(amount);
    }

    function _settlePending(uint256 supply) private {
        uint256 due = pendingBlock;
        if (due == 0 || due >= block.number) return;
        uint256 shares = _sharing(supply);
        if (shares == 0) {
            pendingBlock = uint64(block.number);
            return;
        }
        uint256 size = count;
        for (uint256 i = 0; i < size; ++i) {
            uint256 amount = records[i].pending;
            if (amount == 0) continue;
            records[i].pending = 0;
            _advance(records[i], amount, shares);
        }
        pendingBlock = 0;
    }

    function _book(uint256 id, uint256 amount) internal {
        uint256 supply = totalSupply();
        _settlePending(supply);
        uint256 shares = _sharing(supply);
        if (shares == 0) revert NoShares();
        Record storage record = records[id];
        require(uint256(record.indexed_) + record.pending + amount <= type(uint128).max);
        if (movedBlock == block.number) {
            record.pending += uint128(amount);
            pendingBlock = uint64(block.number);
        } else {
            _advance(record, amount, shares);
        }
    }

    function _take(uint256 id, address holder) internal returns (uint256 amount) {
        uint256 supply = totalSupply();
        _settlePending(supply);
        Record storage record = records[id];
        if (record.scale == 0) return 0;
        unchecked {
            uint256 balance = _isExcluded(holder) ? 0 : balanceOf(holder);
            uint256 numerator = record.index * balance + record.corrections[holder];
            uint256 before = record.taken[holder];
            amount = numerator / record.scale - before;
            record.taken[holder] = before + amount;
        }
    }

    function _update(address from, address to, uint256 value) internal virtual override {
        uint256 supply = totalSupply();
        super._update(from, to, value);
        if (count == 0 || value == 0 || from == to) return;
        _settlePending(supply);
        movedBlock = uint64(block.number);
        if (from == address(0)) require(supply + value <= type(uint128).max);
        bool fromShares = from != address(0) && !_isExcluded(from);
        bool toShares = to != address(0) && !_isExcluded(to);
        if (from != address(0) && !fromShares) excludedShares -= uint128(value);
        if (to != address(0) && !toShares) excludedShares += uint128(value);
        uint256 size = count;
        for (uint256 i = 0; i < size; ++i) _correct(records[i], from, to, value, fromShares, toShares);
    }

    function _correct(
        Record storage record,
        address from,
        address to,
        uint256 value,
        bool fromShares,
        bool toShares
    ) private {
        unchecked {
            uint256 numerator = record.index * value;
            if (numerator == 0) return;
            if (fromShares) record.corrections[from] += numerator;
            if (toShares) record.corrections[to] -= numerator;
            if (fromShares != toShares)
                record.correctionSum = fromShares
                    ? record.correctionSum + numerator
                    : record.correctionSum - numerator;
        }
    }

    function _pull(IERC20 currency, uint256 amount) internal returns (uint256) {
        uint256 before = currency.balanceOf(address(this));
        SafeERC20.safeTransferFrom(currency, msg.sender, address(this), amount);
        return currency.balanceOf(address(this)) - before;
    }
}

/// An AssetToken, as far as it is measured.
contract Earning is Shares, ReentrancyGuardTransient {
    event RevenueDistributed(address indexed currency, address indexed from, uint256 amount);
    event RevenueClaimed(
        address indexed account, address indexed currency, address to, uint256 amount
    );
    event FundsDistributed(address indexed by, uint256 fundsDistributed);
    event FundsWithdrawn(address indexed by, uint256 fundsWithdrawn);

    error NothingReceived(address currency);
    error NothingToClaim(address account, address currency);
    error PayeeMissing(address account);

    mapping(address currency => uint128) public held;
    mapping(address account => address) private payees;
    mapping(address pool => address) private distributors;

    constructor(uint256 supply, address currency) ERC20("Shares", "S") {
        _mint(msg.sender, supply);
        if (currency != address(0)) _list(currency);
    }

    function distribute(address currency, uint256 amount)
        external
        nonReentrant
        returns (uint256 received)
    {
        uint256 id = _idOf(currency);
        received = _pull(IERC20(currency), amount);
        if (received == 0) revert NothingReceived(currency);
        _book(id, received);
        held[currency] += uint128(received);
        emit RevenueDistributed(currency, msg.sender, received);
        if (id == 0) emit FundsDistributed(msg.sender, received);
    }

    function claimFor(address account, address currency)
        external
        nonReentrant
        returns (uint256 gross)
    {
        address to = _destination(account);
        uint256 id = _idOf(currency);
        gross = _take(id, account);
        if (gross == 0) revert NothingToClaim(account, currency);
        held[currency] -= uint128(gross);
        emit RevenueClaimed(account, currency, to, gross);
        if (id == 0) emit FundsWithdrawn(account, gross);
        SafeERC20.safeTransfer(IERC20(currency), to, gross);
    }

    function _destination(address account) private view returns (address) {
        if (payees[account] != address(0)) return payees[account];
        if (distributors[account] != address(0)) return distributors[account];
        if (msg.sender != account && account.code.length != 0) revert PayeeMissing(account);
        return account;
    }
}

/// A milestone Vault, as far as it is measured: vault.hpp, tranches.hpp, claims.hpp, payouts.hpp.
contract Milestones is Shares, ReentrancyGuardTransient {
    enum Phase { draft, funding, active, closed, failed }
    enum State { open, released, reclaimed }
    enum Stage { none, open, stands, rejected }

    struct Payee {
        address to;
        uint128 amount;
    }
    struct Condition {
        address target;
        bytes data;
    }
    struct Terms {
        uint128 amount;
        Payee[] payees;
        uint64 opensAt;
        uint64 deadline;
        uint32 challenge;
        bytes32 criteria;
        Condition release;
        Condition cancel;
    }
    struct Tranche {
        uint128 amount;
        State state;
        uint64 claimedAt;
        bytes32 hash;
        uint64 opensAt;
        uint64 deadline;
        uint32 challenge;
        bytes32 criteria;
        Payee[] payees;
        Condition release;
        Condition cancel;
    }
    struct Claim {
        uint128 bond;
        Stage stage;
        uint32 rejections;
        uint64 until;
        uint64 endedAt;
        address claimant;
        uint256 dispute;
    }

    event PhaseChanged(Phase phase);
    event Contributed(
        address indexed from, address indexed receiver, uint256 assets, uint256 shares, bytes32 indexed ref
    );
    event Released(uint256 indexed id, address indexed to, uint256 amount);
    event PaymentOwed(uint256 indexed id, address indexed to, uint256 amount);

    error WrongPhase(Phase phase, Phase needed);
    error FundingOver(uint64 fundingDeadline);
    error AmountZero();
    error RecordNotLive(bytes32 uid);
    error ExceedsNeed(uint256 assets, uint256 left);
    error AssetsNotReceived(uint256 received, uint256 assets);
    error TrancheSettled(uint256 id, State state);
    error NotOpenYet(uint256 id, uint64 opensAt);
    error DeadlinePassed(uint256 id, uint64 deadline);
    error InDispute(uint256 id, uint64 until);
    error NotClaimed(uint256 id);
    error ChallengeOpen(uint256 id, uint64 until);
    error ConditionNotMet(uint256 id);
    error ConditionFailed(uint256 id);
    error InsufficientGas(uint256 available, uint256 needed);

    uint256 private constant CONDITION_GAS = 200_000;
    uint256 private constant PAYMENT_GAS = 300_000;

    Records private immutable records;
    bytes32 private record;
    IERC20 private asset;
    Phase private phase;
    uint64 private fundingDeadline;
    uint128 private raised;
    uint128 private held;
    uint128 private goal;
    uint128 private escrowed;
    uint128 private paid;
    uint128 private owed;
    mapping(address payee => uint256) private owedTo;
    Tranche[] private tranches;
    mapping(uint256 id => Claim) private claims;
    mapping(uint256 id => bytes32) private rules;

    constructor(
        IERC20 asset_,
        Records records_,
        bytes32 record_,
        uint64 fundingDeadline_,
        Terms[] memory plan
    ) ERC20("School vault", "SCHOOL") {
        (asset, records, record, fundingDeadline) = (asset_, records_, record_, fundingDeadline_);
        _list(address(asset_));
        for (uint256 i = 0; i < plan.length; ++i) {
            Terms memory terms = plan[i];
            Tranche storage tranche = tranches.push();
            tranche.amount = terms.amount;
            tranche.hash = keccak256(abi.encode(terms));
            (tranche.opensAt, tranche.deadline) = (terms.opensAt, terms.deadline);
            (tranche.challenge, tranche.criteria) = (terms.challenge, terms.criteria);
            (tranche.release, tranche.cancel) = (terms.release, terms.cancel);
            for (uint256 j = 0; j < terms.payees.length; ++j) tranche.payees.push(terms.payees[j]);
            goal += terms.amount;
        }
        phase = Phase.funding;
    }

    function contribute(uint256 assets, address receiver, bytes32 ref)
        external
        nonReentrant
        returns (uint256)
    {
        if (phase != Phase.funding) revert WrongPhase(phase, Phase.funding);
        if (block.timestamp > fundingDeadline) revert FundingOver(fundingDeadline);
        if (receiver == address(0)) revert ERC20InvalidReceiver(receiver);
        if (assets == 0) revert AmountZero();
        if (!records.isLive(record)) revert RecordNotLive(record);
        uint256 left = goal - raised;
        if (assets > left) revert ExceedsNeed(assets, left);
        uint256 received = _pull(asset, assets);
        if (received != assets) revert AssetsNotReceived(received, assets);
        raised += uint128(assets);
        held += uint128(assets);
        _mint(receiver, assets);
        emit Contributed(msg.sender, receiver, assets, assets, ref);
        if (assets == left) {
            escrowed += goal;
            _setPhase(Phase.active);
        }
        return assets;
    }

    function release(uint256 id) external nonReentrant {
        Tranche storage tranche = tranches[id];
        _requireReleasable(id, tranche);
        uint128 amount = tranche.amount;
        tranche.state = State.released;
        escrowed -= amount;
        if (escrowed == 0) _setPhase(Phase.closed);
        held -= amount;
        paid += amount;
        uint256 size = tranche.payees.length;
        for (uint256 i = 0; i < size; ++i) _pay(id, tranche.payees[i]);
    }

    function _requireReleasable(uint256 id, Tranche storage tranche) private view {
        if (phase != Phase.active) revert WrongPhase(phase, Phase.active);
        if (tranche.state != State.open) revert TrancheSettled(id, tranche.state);
        if (block.timestamp < tranche.opensAt) revert NotOpenYet(id, tranche.opensAt);
        Claim storage claim = claims[id];
        Stage stage = claim.stage;
        if (stage == Stage.open && block.timestamp > claim.until) stage = Stage.stands;
        uint64 last = tranche.deadline;
        if (stage == Stage.open || stage == Stage.stands) {
            uint64 end = (claim.endedAt == 0 ? claim.until : claim.endedAt) + 7 days;
            if (end > last) last = end;
        }
        if (block.timestamp > last) revert DeadlinePassed(id, last);
        if (stage == Stage.open) revert InDispute(id, claim.until);
        uint32 challenge = tranche.challenge;
        if (challenge > 0 && stage != Stage.stands) {
            uint64 claimed = tranche.claimedAt;
            if (claimed == 0) revert NotClaimed(id);
            if (block.timestamp < claimed + challenge) revert ChallengeOpen(id, claimed + challenge);
        }
        _requireTrue(id, tranche.release);
        require(rules[id] == 0, "paid by rules");
    }

    function _requireTrue(uint256 id, Condition storage condition) private view {
        if (gasleft() < CONDITION_GAS * 64 / 63 + 2_600)
            revert InsufficientGas(gasleft(), CONDITION_GAS * 64 / 63 + 2_600);
        (bool success, bytes memory answer) =
            condition.target.staticcall{gas: CONDITION_GAS}(condition.data);
        if (!success || answer.length < 32) revert ConditionFailed(id);
        uint256 word = abi.decode(answer, (uint256));
        if (word == 0) revert ConditionNotMet(id);
        if (word != 1) revert ConditionFailed(id);
    }

    function _pay(uint256 id, Payee storage payee) private {
        (address to, uint128 amount) = (payee.to, payee.amount);
        emit Released(id, to, amount);
        (bool success, bytes memory answer) =
            address(asset).call{gas: PAYMENT_GAS}(abi.encodeCall(IERC20.transfer, (to, amount)));
        bool accepted = answer.length == 0
            ? address(asset).code.length != 0
            : answer.length >= 32 && abi.decode(answer, (uint256)) == 1;
        if (success && accepted) return;
        paid -= amount;
        owed += amount;
        owedTo[to] += amount;
        emit PaymentOwed(id, to, amount);
    }

    function _setPhase(Phase to) private {
        phase = to;
        emit PhaseChanged(to);
    }

    /// What the vault would earn on its own shares could never be withdrawn.
    function _update(address from, address to, uint256 value) internal override {
        if (to == address(this)) revert ERC20InvalidReceiver(to);
        super._update(from, to, value);
    }
}
