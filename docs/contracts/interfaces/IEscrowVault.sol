// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IEscrowVault {
    struct Payees {
        address to;
        uint128 amount;
    }

    struct Release {
        address target;
        bytes data;
    }

    struct Added {
        uint128 amount;
        Payees[] payees;
        uint64 opensAt;
        uint64 deadline;
        uint32 challenge;
        bytes32 criteria;
        Release release;
        Release cancel;
    }

    struct PayerConsent {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function fund(bytes32 planHash) external;
    function fail() external;
    function amend(uint256[] calldata ended, Added[] calldata added, uint256 deadline, PayerConsent calldata payerConsent, PayerConsent calldata payeeConsent) external;
    function setArbitrator(address arbitrator, bytes calldata extraData, uint256 feeMax, uint256 deadline, PayerConsent calldata payerConsent, PayerConsent calldata payeeConsent) external;
    function claim(uint256 id, bytes32 evidence) external;
    function release(uint256 id) external;
    function reclaim(uint256 id) external;
    function submitEvidence(uint256 id, string calldata evidence) external;
    function dispute(uint256 id) external;
    function depositFee(uint256 id) external;
    function openDispute(uint256 id) external returns (uint256 disputeID);
    function rule(uint256 disputeID, uint256 ruling) external;
    function expire(uint256 id) external;
    function recoverFee(uint256 id) external;
    function withdraw(address account) external;
    function withdrawTo(address to) external;
    function phase() external view returns (uint8);
    function asset() external view returns (address);
    function record() external view returns (bytes32);
    function payer() external view returns (address);
    function payee() external view returns (address);
    function arbitrator() external view returns (address);
    function extraData() external view returns (bytes memory);
    function feeMax() external view returns (uint256);
    function fundingDeadline() external view returns (uint64);
    function planHash() external view returns (bytes32);
    function nonce() external view returns (uint256);
    function goal() external view returns (uint256);
    function escrowed() external view returns (uint256);
    function deposits() external view returns (uint256);
    function due(address account) external view returns (uint256);
    function held() external view returns (uint256);
    function trancheCount() external view returns (uint256);
    function tranche(uint256 id) external view returns (Added memory terms, uint8 state, uint64 claimedAt);
    function disputeOf(uint256 id) external view returns (address arbitrator, uint256 disputeID, uint256 fee, uint8 stage, uint64 until, uint8 ruling);
    function supportsInterface(bytes4 id) external view returns (bool);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);
    event TrancheAdded(uint256 indexed id, uint256 amount, uint64 deadline, bytes32 criteria, bytes32 hash);
    event PhaseChanged(uint8 phase);
    event Funded(address indexed payer, uint256 amount, bytes32 planHash);
    event Amended(uint256 indexed nonce, bytes32 planHash);
    event ArbitratorChanged(uint256 indexed nonce, address arbitrator, bytes extraData, uint256 feeMax);
    event Claimed(uint256 indexed id, address indexed by, bytes32 evidence);
    event Released(uint256 indexed id, address indexed to, uint256 amount);
    event Reclaimed(uint256 indexed id, uint256 amount);
    event SplitUp(uint256 indexed id, uint256 toPayer, uint256 toPayee);
    event Superseded(uint256 indexed id, uint256 amount);
    event Returned(uint256 amount);
    event FeeDeposited(uint256 indexed id, address indexed from, uint256 amount);
    event FeeRefunded(uint256 indexed id, address indexed to, uint256 amount);
    event Disputed(uint256 indexed id, uint256 disputeId);
    event Ruling(address indexed arbitrator, uint256 indexed disputeID, uint256 ruling);
    event MetaEvidence(uint256 indexed metaEvidenceID, string evidence);
    event Evidence(address indexed arbitrator, uint256 indexed evidenceGroupID, address indexed party, string evidence);
    event Dispute(address indexed arbitrator, uint256 indexed disputeID, uint256 metaEvidenceID, uint256 evidenceGroupID);
    error WrongPhase(uint8 phase, uint8 needed);
    error PartyInvalid(address party);
    error ArbitratorInvalid(address arbitrator);
    error AssetDecimals(uint8 decimals, uint8 max);
    error FundingDeadlineInvalid(uint64 fundingDeadline);
    error PeriodInvalid(uint64 period);
    error TextTooLong(uint256 size, uint256 max);
    error PlanEmpty();
    error GoalTooLarge();
    error PlanDiffers(bytes32 planHash, bytes32 expected);
    error FundingOver(uint64 fundingDeadline);
    error FundingNotOver(uint64 fundingDeadline);
    error NotPayer(address caller);
    error NotPayee(address caller);
    error NotParty(address caller);
    error ConsentExpired(uint256 deadline);
    error ConsentMissing(address party);
    error TrancheSettled(uint256 id, uint8 state);
    error EvidenceMissing(uint256 id);
    error AlreadyClaimed(uint256 id, uint64 claimedAt);
    error NotOpenYet(uint256 id, uint64 opensAt);
    error DeadlinePassed(uint256 id, uint64 deadline);
    error NotClaimed(uint256 id);
    error ChallengeOpen(uint256 id, uint64 until);
    error ChallengeOver(uint256 id, uint64 over);
    error InDispute(uint256 id);
    error NotReclaimable(uint256 id, uint64 deadline);
    error FeeTooHigh(uint256 fee, uint256 max);
    error WrongDisputeStage(uint256 id, uint8 stage, uint8 needed);
    error StepOver(uint256 id, uint64 until);
    error StepNotOver(uint256 id, uint64 until);
    error DisputeNotOpened(uint256 id);
    error UnknownDispute(address arbitrator, uint256 disputeID);
    error RulingInvalid(uint256 ruling);
    error NothingToRecover(uint256 id);
    error RecordNotLive(bytes32 uid);
    error InsufficientGas(uint256 available, uint256 needed);
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
    event Locked(address indexed currency, address indexed from, uint256 amount);
    event Credited(address indexed currency, address indexed to, uint256 amount);
    event Spent(address indexed currency, address indexed to, uint256 amount);
    event Withdrawn(address indexed currency, address indexed account, address to, uint256 amount);
    error ValueWrong(uint256 value, uint256 needed);
    error AssetsNotReceived(uint256 received, uint256 assets);
    error NothingToWithdraw(address account);
    error ReceiverInvalid(address to);
    error CoinRefused(address to);
    error SafeERC20FailedOperation(address token);
    error InvalidAnswer(address target, bytes4 selector);
    error ReentrancyGuardReentrantCall();
}
