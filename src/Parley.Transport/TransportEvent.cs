using Parley.Dtls;
using Parley.Ice;
using Parley.Rtp;
using Parley.Sctp;

namespace Parley.Transport;

/// <summary>
/// Something that happened to a transport; read in order by <see cref="BundleTransport.TryRead"/>. <see cref="Kind"/> tells which members
/// mean something; the others are null or zero. A frame and a payload are valid until the next call of the transport.
/// </summary>
public readonly struct TransportEvent
{
    private readonly object? _subject;
    private readonly object? _detail;
    private readonly long _value;
    private readonly int _number;
    private readonly bool _flag;

    private TransportEvent(
        TransportEventKind kind, object? subject = null, object? detail = null, long value = 0, int number = 0, bool flag = false)
    {
        Kind = kind;
        _subject = subject;
        _detail = detail;
        _value = value;
        _number = number;
        _flag = flag;
    }

    /// <summary>What happened.</summary>
    public TransportEventKind Kind { get; }

    /// <summary>The server to look up.</summary>
    public ServerLookup? Lookup => _subject as ServerLookup;

    /// <summary>The path that something authenticated came by.</summary>
    public Path? Path => _subject as Path?;

    /// <summary>Whether the peer has just answered a check of ours from there: the address cannot be forged.</summary>
    public bool IsProved => _flag;

    /// <summary>The candidate gathered.</summary>
    public IceCandidate? Candidate => _subject as IceCandidate;

    /// <summary>How far gathering has come.</summary>
    public IceGatheringState GatheringState => (IceGatheringState)_value;

    /// <summary>The username fragment of the generation that was gathered for.</summary>
    public string? UsernameFragment => _subject as string;

    /// <summary>Which server gave no candidate, and why.</summary>
    public IceCandidateError? CandidateError => _subject as IceCandidateError;

    /// <summary>The new state of ICE; null: as it was.</summary>
    public IceAgentState? IceState => _value < 0 ? null : (IceAgentState)_value;

    /// <summary>The selected pair; null when the one in use went with its peer.</summary>
    public IceCandidatePair? Pair => _subject as IceCandidatePair;

    /// <summary>Whether <see cref="Pair"/> is another than before.</summary>
    public bool IsPairChanged => _flag;

    /// <summary>The new role.</summary>
    public IceRole Role => (IceRole)_value;

    /// <summary>The new state of DTLS.</summary>
    public DtlsState DtlsState => (DtlsState)_value;

    /// <summary>Why DTLS failed.</summary>
    public DtlsFailure DtlsFailure => (DtlsFailure)_number;

    /// <summary>The alert that was sent or received with the failure; null: none.</summary>
    public AlertDescription? Alert => _subject as AlertDescription?;

    /// <summary>The streams that the association has each way.</summary>
    public int MaxStreams => _number;

    /// <summary>Why the association failed.</summary>
    public SctpFailure SctpFailure => (SctpFailure)_number;

    /// <summary>What was said about the failure; null: nothing was.</summary>
    public string? Reason => _subject as string;

    /// <summary>The cause code of the ABORT that ended the association (RFC 9260 §3.3.10); null when it ended without one.</summary>
    public int? CauseCode => _flag ? (int)_value : null;

    /// <summary>The data channel.</summary>
    public DataChannelHandle Channel => new(_number);

    /// <summary>The announced channel's id.</summary>
    public StreamId? ChannelId => _flag ? new StreamId((ushort)_value) : null;

    /// <summary>The announced channel's parameters.</summary>
    public DataChannelParameters? Parameters => _subject as DataChannelParameters;

    /// <summary>The message's bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; private init; }

    /// <summary>Whether the message is bytes; else it is UTF-8 text, as it came.</summary>
    public bool IsBinary => _flag;

    /// <summary>How many bytes were handed to the network.</summary>
    public long Bytes => _value;

    /// <summary>The <see cref="SectionPlan.Id"/> of the section.</summary>
    public int Section => _number;

    /// <summary>The stream received.</summary>
    public RtpInboundStream? Stream => _subject as RtpInboundStream;

    /// <summary>The frame.</summary>
    public ReceivedFrame? Frame => _detail as ReceivedFrame;

    /// <summary>The stream sent.</summary>
    public RtpOutbound? Outbound => _subject as RtpOutbound;

    /// <summary>The tone's event code (RFC 4733 §3.2).</summary>
    public byte ToneCode => (byte)(_value & 0xFF);

    /// <summary>How long the tone lasted, as far as it was heard.</summary>
    public TimeSpan ToneDuration => TimeSpan.FromTicks(_value >> 8);

    internal static TransportEvent Of(TransportEventKind kind) => new(kind);

    internal static TransportEvent WantsLookup(ServerLookup lookup) => new(TransportEventKind.LookupWanted, lookup);

    internal static TransportEvent Heard(Path path, bool isProved) => new(TransportEventKind.RemoteHeard, path, flag: isProved);

    internal static TransportEvent Gathered(IceCandidate candidate) => new(TransportEventKind.CandidateGathered, candidate);

    internal static TransportEvent Gathering(IceGatheringState state, string ufrag) =>
        new(TransportEventKind.GatheringStateChanged, ufrag, value: (long)state);

    internal static TransportEvent ServerFailed(IceCandidateError error) => new(TransportEventKind.CandidateError, error);

    internal static TransportEvent Ice(IceAgentState? state, IceCandidatePair? pair, bool isPairChanged) =>
        new(TransportEventKind.IceChanged, pair, value: state is { } reached ? (long)reached : -1, flag: isPairChanged);

    internal static TransportEvent Named(IceCandidatePair pair) => new(TransportEventKind.SelectedPairNamed, pair);

    internal static TransportEvent Switched(IceRole role) => new(TransportEventKind.RoleChanged, value: (long)role);

    internal static TransportEvent Dtls(DtlsState state, DtlsFailure failure = DtlsFailure.None, AlertDescription? alert = null) =>
        new(TransportEventKind.DtlsChanged, alert, value: (long)state, number: (int)failure);

    internal static TransportEvent Connected(int maxStreams) => new(TransportEventKind.SctpConnected, number: maxStreams);

    internal static TransportEvent Failed(in DataChannelEvent below) =>
        new(
            TransportEventKind.SctpFailed,
            below.Reason,
            value: below.CauseCode ?? 0,
            number: (int)below.Failure,
            flag: below.CauseCode is not null);

    internal static TransportEvent Announced(in DataChannelEvent below) =>
        new(
            TransportEventKind.ChannelAnnounced,
            below.Parameters,
            value: below.Id?.Value ?? 0,
            number: below.Channel.Value,
            flag: below.Id is not null);

    internal static TransportEvent OfChannel(TransportEventKind kind, in DataChannelEvent below) =>
        new(kind, value: below.Bytes, number: below.Channel.Value, flag: below.IsBinary) { Payload = below.Payload };

    internal static TransportEvent OfStream(TransportEventKind kind, in RtpEvent below, int section) =>
        new(kind, below.Stream, below.Frame, (below.ToneDuration.Ticks << 8) | below.ToneCode, section);

    internal static TransportEvent KeyFrameWanted(RtpOutbound outbound, int section) =>
        new(TransportEventKind.KeyFrameRequested, outbound, number: section);
}
