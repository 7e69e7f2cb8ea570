// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IVault {
    struct Payees {
        address to;
        uint128 amount;
    }

    struct Release {
        address target;
        bytes data;
    }

    struct Tranche {
        uint128 amount;
        Payees[] payees;
        uint64 opensAt;
        uint64 deadline;
        uint32 challenge;
        bytes32 criteria;
        Release release;
        Release cancel;
    }

    struct Schedule {
        uint8 pace;
        uint32 parts;
        uint64 duration;
        uint64 cliff;
    }

    struct Payout {
        address target;
        bytes data;
        uint256 cap;
    }

    struct Rules {
        Schedule schedule;
        Payout payout;
    }

    function addTranche(Tranche calldata tranche) external returns (uint256 id);
    function addTranche(Tranche calldata tranche, Rules calldata rules) external returns (uint256 id);
    function setPanel(bytes calldata extraData, uint128 bond) external;
    function open() external;
    function quote(uint256 id) external returns (uint256 amount);
    function draw(uint256 id) external;
    function rules(uint256 id) external view returns (Rules memory);
    function payout(uint256 id) external view returns (uint256 granted, uint256 vested, uint256 drawn, uint256 left, uint256 quoted, uint64 quoteBlock);
    function contribute(uint256 assets, address receiver, bytes32 ref) external returns (uint256 shares);
    function contributeWithPermit(uint256 assets, address receiver, bytes32 ref, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external returns (uint256 shares);
    function fail() external;
    function claim(uint256 id, bytes32 evidence) external;
    function release(uint256 id) external;
    function reclaim(uint256 id) external;
    function dispute(uint256 id) external returns (uint256 disputeID);
    function rule(uint256 disputeID, uint256 ruling) external;
    function returnBond(uint256 id) external;
    function recoverFee(uint256 disputeID) external returns (uint256 amount);
    function withdrawDue(address account) external returns (uint256 amount);
    function panel() external view returns (bytes memory extraData, uint128 bond);
    function bondOf(uint256 id) external view returns (uint256);
    function bonds() external view returns (uint256);
    function due(address account) external view returns (uint256);
    function disputeOf(uint256 id) external view returns (uint256 disputeID, uint8 stage, address challenger, uint64 until, uint64 endedAt, uint32 rejections, address claimant, uint128 bond);
    function collect(address payee) external;
    function withdrawReturned(address holder) external;
    function withdrawFunds() external;
    function phase() external view returns (uint8);
    function asset() external view returns (address);
    function steward() external view returns (address);
    function purpose() external view returns (bytes32);
    function fundingDeadline() external view returns (uint64);
    function planHash() external view returns (bytes32);
    function goal() external view returns (uint256);
    function raised() external view returns (uint256);
    function escrowed() external view returns (uint256);
    function held() external view returns (uint256);
    function paid() external view returns (uint256);
    function owed() external view returns (uint256);
    function owedTo(address payee) external view returns (uint256);
    function returned() external view returns (uint256);
    function withdrawn() external view returns (uint256);
    function returnable() external view returns (uint256);
    function withdrawableFundsOf(address holder) external view returns (uint256);
    function withdrawnFundsOf(address holder) external view returns (uint256);
    function trancheCount() external view returns (uint256);
    function tranche(uint256 id) external view returns (Tranche memory terms, uint8 state, uint64 claimedAt);
    function isReleasable(uint256 id) external view returns (bool);
    function isReclaimable(uint256 id) external view returns (bool);
    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address owner) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function approve(address spender, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);
    function supportsInterface(bytes4 id) external view returns (bool);
    function record() external view returns (bytes32);
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidApprover(address approver);
    error ERC20InvalidSpender(address spender);
    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ECDSAInvalidSignature();
    error ECDSAInvalidSignatureS(bytes32 s);
    error TextTooLong(uint256 size, uint256 max);
    error RecordNotLive(bytes32 uid);
    event TrancheAdded(uint256 indexed id, uint256 amount, uint64 deadline, bytes32 criteria, bytes32 hash);
    event Opened(bytes32 planHash, uint256 goal);
    event PhaseChanged(uint8 phase);
    event Contributed(address indexed from, address indexed receiver, uint256 assets, uint256 shares, bytes32 indexed ref);
    event Claimed(uint256 indexed id, address indexed by, bytes32 evidence);
    event Quoted(uint256 indexed id, uint256 amount);
    event PayoutBegun(uint256 indexed id, uint256 granted);
    event Released(uint256 indexed id, address indexed to, uint256 amount);
    event PaymentOwed(uint256 indexed id, address indexed to, uint256 amount);
    event Collected(address indexed to, uint256 amount);
    event Reclaimed(uint256 indexed id, uint256 amount);
    event FundsDistributed(address indexed by, uint256 fundsDistributed);
    event FundsWithdrawn(address indexed by, uint256 fundsWithdrawn);
    error WrongPhase(uint8 phase, uint8 needed);
    error NotSteward(address caller);
    error StewardMissing();
    error AssetDecimals(uint8 decimals, uint8 max);
    error FundingDeadlineInvalid(uint64 fundingDeadline);
    error PlanEmpty();
    error GoalTooLarge();
    error FundingOver(uint64 fundingDeadline);
    error FundingNotOver(uint64 fundingDeadline);
    error AmountZero();
    error ExceedsNeed(uint256 assets, uint256 left);
    error AssetsNotReceived(uint256 received, uint256 assets);
    error TrancheSettled(uint256 id, uint8 state);
    error NotPayee(uint256 id, address caller);
    error EvidenceMissing(uint256 id);
    error AlreadyClaimed(uint256 id, uint64 claimedAt);
    error ClaimTooLate(uint256 id, uint64 latest);
    error NotOpenYet(uint256 id, uint64 opensAt);
    error DeadlinePassed(uint256 id, uint64 deadline);
    error NotClaimed(uint256 id);
    error ChallengeOpen(uint256 id, uint64 until);
    error ConditionNotMet(uint256 id);
    error ConditionFailed(uint256 id);
    error NotReclaimable(uint256 id, uint64 deadline);
    error AmountFailed(uint256 id);
    error AmountNotNeeded(uint256 id);
    error NotQuoted(uint256 id);
    error QuoteTooFresh(uint256 id, uint64 block);
    error QuoteChanged(uint256 id, uint256 quoted, uint256 now);
    error NotPaying(uint256 id, uint8 state);
    error NothingVested(uint256 id);
    error NothingToWithdraw(address account);
    event PanelSet(bytes extraData, uint128 bond);
    event Disputed(uint256 indexed id, address indexed by, uint256 indexed disputeID, uint256 fee);
    event ClaimRejected(uint256 indexed id, uint256 indexed disputeID, uint256 bond);
    event BondReturned(uint256 indexed id, address indexed claimant, uint256 bond);
    event Ruling(address indexed arbitrator, uint256 indexed disputeID, uint256 ruling);
    event Dispute(address indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, uint256 evidenceGroupID);
    error PanelMissing();
    error AlreadyDisputed(uint256 id, uint256 disputeID);
    error ChallengeOver(uint256 id, uint64 until);
    error DisputeNotOpened(uint256 id);
    error InDispute(uint256 id, uint64 until);
    error NotArbitrator(address caller);
    error UnknownDispute(uint256 disputeID);
    error RulingInvalid(uint256 ruling);
    error DisputeOver(uint256 disputeID);
    error BondNeeded(uint256 id);
    error ExtraDataTooLong(uint256 size, uint256 max);
    event Locked(address indexed currency, address indexed from, uint256 amount);
    event Credited(address indexed currency, address indexed to, uint256 amount);
    event Spent(address indexed currency, address indexed to, uint256 amount);
    event Withdrawn(address indexed currency, address indexed account, address to, uint256 amount);
    error ReceiverInvalid(address to);
    error ScheduleInvalid(uint8 pace, uint32 parts, uint64 duration, uint64 cliff);
    error AmountTooLong(uint256 size, uint256 max);
    error AmountCapZero();
    error TooManyTranches(uint256 max);
    error UnknownTranche(uint256 id, uint256 count);
    error PayeeCountInvalid(uint256 count, uint256 max);
    error PayeeInvalid(address payee);
    error PayeeAmountZero(address payee);
    error PayeeSumWrong(uint256 sum, uint256 amount);
    error DeadlineInvalid(uint64 deadline);
    error ChallengeTooLong(uint32 challenge);
    error ReleaseConditionMissing();
    error ConditionTooLong(uint256 size, uint256 max);
    error InsufficientGas(uint256 available, uint256 needed);
    error SafeERC20FailedOperation(address token);
    error InvalidAnswer(address target, bytes4 selector);
    error ReentrancyGuardReentrantCall();
}
