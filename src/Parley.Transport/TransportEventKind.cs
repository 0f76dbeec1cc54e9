namespace Parley.Transport;

/// <summary>What a <see cref="TransportEvent"/> tells.</summary>
public enum TransportEventKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>
    /// Gathering begins: the driver adds a local path for each address that has none (<see cref="BundleTransport.AddLocalPath"/>), then
    /// says so (<see cref="BundleTransport.CompleteLocalPaths"/>).
    /// </summary>
    LocalPathsWanted,

    /// <summary>
    /// A server's name must be looked up: <see cref="TransportEvent.Lookup"/>. The driver answers with
    /// <see cref="BundleTransport.CompleteLookup"/>, without an address when there is none.
    /// </summary>
    LookupWanted,

    /// <summary>
    /// The username fragments under which checks are heard have changed: <see cref="BundleTransport.HeardUsernameFragments"/>.
    /// </summary>
    HeardFragmentsChanged,

    /// <summary>
    /// An authenticated STUN message has come by a shared port: <see cref="TransportEvent.Path"/>, <see cref="TransportEvent.IsProved"/>.
    /// </summary>
    RemoteHeard,

    /// <summary>A candidate was gathered: <see cref="TransportEvent.Candidate"/>.</summary>
    CandidateGathered,

    /// <summary>
    /// Gathering began or ended: <see cref="TransportEvent.GatheringState"/>, of the generation of
    /// <see cref="TransportEvent.UsernameFragment"/>.
    /// </summary>
    GatheringStateChanged,

    /// <summary>A server gave no candidate: <see cref="TransportEvent.CandidateError"/>.</summary>
    CandidateError,

    /// <summary>
    /// The state, the selected pair, or both have changed: <see cref="TransportEvent.IceState"/>, <see cref="TransportEvent.Pair"/>,
    /// <see cref="TransportEvent.IsPairChanged"/>.
    /// </summary>
    IceChanged,

    /// <summary>
    /// Signaling has named an address of the selected pair that only checks had shown: <see cref="TransportEvent.Pair"/>.
    /// </summary>
    SelectedPairNamed,

    /// <summary>A role conflict was resolved: <see cref="TransportEvent.Role"/>.</summary>
    RoleChanged,

    /// <summary>The state of DTLS has changed: <see cref="TransportEvent.DtlsState"/>; a failure says why.</summary>
    DtlsChanged,

    /// <summary>The SCTP association is up: <see cref="TransportEvent.MaxStreams"/>.</summary>
    SctpConnected,

    /// <summary>The SCTP association has ended in order, or DTLS below it was closed.</summary>
    SctpClosed,

    /// <summary>
    /// The SCTP association has failed: <see cref="TransportEvent.SctpFailure"/>, <see cref="TransportEvent.Reason"/>,
    /// <see cref="TransportEvent.CauseCode"/>.
    /// </summary>
    SctpFailed,

    /// <summary>DTLS has failed below the SCTP association.</summary>
    SctpCarrierFailed,

    /// <summary>
    /// The peer opened a data channel: <see cref="TransportEvent.Channel"/>, <see cref="TransportEvent.ChannelId"/>,
    /// <see cref="TransportEvent.Parameters"/>.
    /// </summary>
    ChannelAnnounced,

    /// <summary>The peer has begun to close a channel: <see cref="TransportEvent.Channel"/>.</summary>
    ChannelClosing,

    /// <summary>A channel is closed: <see cref="TransportEvent.Channel"/>.</summary>
    ChannelClosed,

    /// <summary>
    /// A message has come: <see cref="TransportEvent.Channel"/>, <see cref="TransportEvent.Payload"/>,
    /// <see cref="TransportEvent.IsBinary"/>.
    /// </summary>
    MessageReceived,

    /// <summary>
    /// The peer sent more than this side takes, and the channel is being closed for it: <see cref="TransportEvent.Channel"/>.
    /// </summary>
    MessageTooLarge,

    /// <summary>Bytes were handed to the network: <see cref="TransportEvent.Channel"/>, <see cref="TransportEvent.Bytes"/>.</summary>
    BufferedAmountDecreased,

    /// <summary>
    /// A frame is complete: <see cref="TransportEvent.Section"/>, <see cref="TransportEvent.Stream"/>, <see cref="TransportEvent.Frame"/>.
    /// </summary>
    FrameReceived,

    /// <summary>A source said goodbye: <see cref="TransportEvent.Section"/>, <see cref="TransportEvent.Stream"/>.</summary>
    StreamEnded,

    /// <summary>The peer has begun to send a tone: <see cref="TransportEvent.Section"/>, <see cref="TransportEvent.ToneCode"/>.</summary>
    ToneStarted,

    /// <summary>
    /// The tone is over: <see cref="TransportEvent.Section"/>, <see cref="TransportEvent.ToneCode"/>,
    /// <see cref="TransportEvent.ToneDuration"/>.
    /// </summary>
    ToneEnded,

    /// <summary>The peer asks for a key frame: <see cref="TransportEvent.Section"/>, <see cref="TransportEvent.Outbound"/>.</summary>
    KeyFrameRequested,
}
