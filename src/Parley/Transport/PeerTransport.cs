using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Ice;
using Parley.Rtp;
using Parley.Sdp;
using Parley.Transport;

namespace Parley;

/// <summary>
/// A transport as negotiation sees it: its credentials, roles and the objects that show it to the user, and the <see cref="TransportPlan"/>
/// that tells what moves packets (<see cref="DrivenTransport"/>) what negotiation wants. All members are called with the connection's gate
/// held.
/// </summary>
internal sealed class PeerTransport
{
    private readonly PeerConnection _connection;
    private readonly TransportReader _reader;
    private readonly List<GatheredCandidate> _gathered = [];
    private RemoteAssociation? _remoteAssociation;
    private BeforeRestart? _beforeRestart;
    private List<Action>? _held;
    private bool _endOfCandidates;
    private int _lastGeneration;
    private IReadOnlyDictionary<int, RtpTransceiver> _media = new Dictionary<int, RtpTransceiver>();

    public PeerTransport(PeerConnection connection, IceCredentials credentials)
    {
        _connection = connection;
        LocalCredentials = credentials;
        StatsId = connection.NextTransportName();
        Ice = new IceTransport(connection);
        Dtls = new DtlsTransport(connection, Ice);
        var now = connection.Driver.ReadClock();
        var local = new LocalGeneration(0, credentials);
        var options = new TransportOptions
        {
            Local = local,
            CanonicalName = connection.Cname,
            NtpTimeAtZero = NtpTimestamp.From(connection.Platform.TimeProvider.GetUtcNow()).AddNanoseconds(-now.Nanoseconds),
        };
        Plan = new TransportPlan(local);
        _reader = new TransportReader(connection, this);
        Driven = new DrivenTransport(
            connection.Driver,
            new BundleTransport(options, connection.Platform.Random, connection.LoggerFactory),
            _reader,
            connection.Platform.Network,
            connection.GetConfiguration().SharedPort,
            connection.LoggerFactory.CreateLogger<DrivenTransport>());
    }

    /// <summary>The ICE layer as the user sees it.</summary>
    public IceTransport Ice { get; }

    /// <summary>The DTLS layer as the user sees it.</summary>
    public DtlsTransport Dtls { get; }

    /// <summary>What moves packets.</summary>
    public DrivenTransport Driven { get; }

    /// <summary>What negotiation wants of it now.</summary>
    public TransportPlan Plan { get; private set; }

    /// <summary>Names it in statistics: the same in each report.</summary>
    public string StatsId { get; }

    /// <summary>The credentials of the latest local description.</summary>
    public IceCredentials LocalCredentials { get; private set; }

    /// <summary>The credentials made for the answer to an offer that restarts ICE; null when none is under way.</summary>
    public IceCredentials? AnswerCredentials { get; private set; }

    /// <summary>Whether the pending description gives it new credentials (RFC 8445 §9).</summary>
    public bool IsRestartingIce => _beforeRestart is not null;

    /// <summary>The peer's credentials in force; null before an answer.</summary>
    public (string Ufrag, string Password)? RemoteCredentials { get; private set; }

    /// <summary>The peer's credentials of the last stable state; null when there was none.</summary>
    public (string Ufrag, string Password)? StableRemoteCredentials { get; private set; }

    /// <summary>Which side of the handshake this is; null before an answer.</summary>
    public DtlsRole? DtlsRole { get; private set; }

    /// <summary>Whether a local description has used it: it gathers, or has gathered.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Whether the generation in use has all its candidates.</summary>
    public bool HasEndOfGathering => _endOfCandidates;

    /// <summary>Whether it was told to gather and has not begun yet.</summary>
    public bool IsAboutToGather => WasUsed && Ice.GatheringState == IceGatheringState.New;

    /// <summary>Whether the offer that made it was rolled back, or the answer made it superfluous.</summary>
    public bool IsClosed { get; private set; }

    public IEnumerable<CertificateFingerprint> LocalFingerprints =>
        _connection.Certificates.SelectMany(certificate => certificate.SignaledFingerprints);

    /// <summary>Writes the candidates of a generation that a description does not have yet. True: it says more now.</summary>
    public bool WriteCandidates(MediaDescription media, string ufrag)
    {
        var saysMore = false;
        foreach (var candidate in _gathered.Where(candidate => candidate.UsernameFragment == ufrag))
        {
            saysMore |= media.AddGathered(candidate.Attribute);
        }

        if (_endOfCandidates && ufrag == LocalCredentials.UsernameFragment && !media.EndOfCandidates)
        {
            media.EndOfCandidates = true;
            saysMore = true;
        }

        return saysMore;
    }

    /// <summary>The credentials to answer with: new ones when the offer restarts ICE (RFC 9429 §5.3.1).</summary>
    public IceCredentials LocalCredentialsFor(SdpDocument offer, MediaDescription offered)
    {
        var remote = offer.IceCredentialsOf(offered);
        if (RemoteCredentials is null || remote is null || remote == RemoteCredentials)
        {
            return LocalCredentials;
        }

        return AnswerCredentials ??= _connection.NewAnswerCredentials();
    }

    /// <summary>Whether the DTLS association in use, if there is one, is the one that a description of the peer's speaks of.</summary>
    public bool ContinuesAssociation(SdpDocument remote, MediaDescription media) =>
        _remoteAssociation?.ContinuesAs(RemoteAssociation.Of(remote, media)) != false;

    /// <summary>Whether the role that the peer writes cannot be that of the association in use.</summary>
    public bool IsContradictedBy(SetupRole? setup) =>
        (setup, DtlsRole) is (SetupRole.Active, Parley.Dtls.DtlsRole.Client) or (SetupRole.Passive, Parley.Dtls.DtlsRole.Server);

    /// <summary>Whether a description of the peer's puts another DTLS association in the place of the one in use.</summary>
    public bool AsksForAnotherAssociation(SdpDocument remote, MediaDescription media, bool isOffer) =>
        // A role that the association cannot have, offered, or answered to a restart before it is up, asks for another (RFC 8842 §3.1).
        !ContinuesAssociation(remote, media)
        || (IsContradictedBy(remote.SetupOf(media))
            && (isOffer
                || (Dtls.State is DtlsTransportState.New or DtlsTransportState.Connecting
                    && remote.IceCredentialsOf(media) != RemoteCredentials)));

    /// <summary>Begins to gather before a description asks for it; what it finds is held back until then.</summary>
    public void GatherAhead()
    {
        _held = [];
        Change(WithServers(Plan) with { Gathers = true });
    }

    /// <summary>Keeps back what shall be told once a local description has been set; false: it has been.</summary>
    public bool TryHold(Action task)
    {
        if (_held is null || WasUsed)
        {
            return false;
        }

        _held.Add(task);
        return true;
    }

    /// <summary>A local description was set: takes its credentials into use and gathers what is not gathered yet.</summary>
    public void ApplyLocal(IceCredentials credentials)
    {
        if (!WasUsed)
        {
            WasUsed = true;
            LocalCredentials = credentials;
            Ice.LocalParameters = new IceParameters(credentials.UsernameFragment, credentials.Password);
            if (_held is null)
            {
                Change(WithServers(Plan) with { Gathers = true });
            }

            ReleaseHeld();
        }
        else if (credentials != LocalCredentials)
        {
            _beforeRestart ??= new BeforeRestart(Plan.Local, Ice.GetLocalCandidates(), Ice.GatheringState, _endOfCandidates);
            LocalCredentials = credentials;
            _endOfCandidates = false;
            Ice.ForgetLocalCandidates();
            Ice.LocalParameters = new IceParameters(credentials.UsernameFragment, credentials.Password);
            Change(WithServers(Plan) with { Local = new LocalGeneration(++_lastGeneration, credentials) });
        }
    }

    /// <summary>What undoes all that a description changes from now on.</summary>
    public Action Save()
    {
        var (answer, association, before, end, local) =
            (AnswerCredentials, _remoteAssociation, _beforeRestart, _endOfCandidates, LocalCredentials);
        var (remote, stable, role, wasUsed, isClosed) = (RemoteCredentials, StableRemoteCredentials, DtlsRole, WasUsed, IsClosed);
        var (plan, media) = (Plan, _media);
        Action[]? held = _held is null ? null : [.. _held];
        var ice = Ice.Save();
        return () =>
        {
            (AnswerCredentials, _remoteAssociation, _beforeRestart, _endOfCandidates, LocalCredentials) =
                (answer, association, before, end, local);
            (RemoteCredentials, StableRemoteCredentials, DtlsRole, WasUsed, IsClosed) = (remote, stable, role, wasUsed, isClosed);
            (Plan, _media) = (plan, media);
            _held = held is null ? null : [.. held];
            ice();
        };
    }

    /// <summary>The exchange has come to its end: the credentials in use are those a later rollback returns to.</summary>
    public void BecomeStable()
    {
        StableRemoteCredentials = RemoteCredentials;
        _beforeRestart = null;
        AnswerCredentials = null;
    }

    /// <summary>
    /// The offer was taken back: so are the credentials it announced and what was gathered for it (RFC 9429 §5.7), and the user sees again
    /// what was there before. Events go to the list.
    /// </summary>
    public void RollBack(List<Action> events)
    {
        AnswerCredentials = null;
        if (_beforeRestart is not { } before)
        {
            return;
        }

        _beforeRestart = null;
        LocalCredentials = before.Local.Credentials;
        Ice.LocalParameters = new IceParameters(LocalCredentials.UsernameFragment, LocalCredentials.Password);
        Ice.RestoreLocalCandidates(before.Candidates);
        _endOfCandidates = before.EndOfCandidates;
        _gathered.RemoveAll(candidate => candidate.UsernameFragment != LocalCredentials.UsernameFragment);
        Change(Plan with { Local = before.Local });
        if (Ice.GatheringState != before.GatheringState)
        {
            Ice.GatheringState = before.GatheringState;
            events.Add(Ice.RaiseGatheringStateChanged);
        }
    }

    /// <summary>RFC 8445 §6.1.1: the offerer controls, unless the other side is lite.</summary>
    public void SetInitialRole(bool controlling)
    {
        if (Ice.Role != IceRole.Unknown)
        {
            return;
        }

        Ice.Role = controlling ? IceRole.Controlling : IceRole.Controlled;
        Change(Plan with { Role = controlling ? Parley.Ice.IceRole.Controlling : Parley.Ice.IceRole.Controlled });
    }

    /// <summary>
    /// Both descriptions are known: connects, or goes on with the peer's new credentials and candidates. True: with a new DTLS association
    /// in the place of the one before (RFC 8842 §3.1, RFC 9429 §5.11).
    /// </summary>
    public bool Connect(SdpDocument remote, MediaDescription media, MediaSection section, DtlsRole role, bool isOffer)
    {
        var association = RemoteAssociation.Of(remote, media);
        var isNewAssociation = AsksForAnotherAssociation(remote, media, isOffer);
        ConnectIce(remote, media);
        if (isNewAssociation)
        {
            DtlsRole = null;
        }

        // An association that goes on keeps its role, whatever a later answer says (docs/decisions/0008-dtls-role.md).
        DtlsRole ??= role;
        _remoteAssociation = association;
        var number = (Plan.Dtls?.Association ?? 0) + (isNewAssociation ? 1 : 0);
        Change(Plan with { Dtls = new DtlsPlan(number, DtlsRole.Value, association.Fingerprints, _connection.Certificates) });
        foreach (var candidate in media.Candidates)
        {
            AddRemoteCandidate(candidate, section);
        }

        // webrtc-pc §5.6.5: that there are no more remote candidates "can be indicated by … canTrickleIceCandidates being set to false".
        // Not where there are none yet: webrtcbin trickles without saying so.
        if (media.EndOfCandidates || (media.Candidates.Count > 0 && !remote.SupportsTrickle()))
        {
            SetRemoteEndOfCandidates();
        }

        return isNewAssociation;
    }

    private void ConnectIce(SdpDocument remote, MediaDescription media)
    {
        if (remote.IceCredentialsOf(media) is not { } credentials || credentials == RemoteCredentials)
        {
            return;
        }

        // After a provisional answer that is not the one before: "discard any previous ICE checklist state" (RFC 9429 §5.10). So too when
        // an answer has new ones that no restart of this side asked for: a gateway has put another peer there.
        var replaces = RemoteCredentials != StableRemoteCredentials || (RemoteCredentials is not null && !IsRestartingIce);
        RemoteCredentials = credentials;
        Ice.ForgetRemoteCandidates();
        Ice.RemoteParameters = new IceParameters(credentials.Ufrag, credentials.Password, remote.IceLite);
        var peer = (Plan.Remote?.Number ?? 0) + (replaces ? 1 : 0);
        Change(Plan with { Remote = new RemotePeer(peer, new IceCredentials(credentials.Ufrag, credentials.Password), remote.IceLite) });
    }

    /// <summary>
    /// A candidate of the peer's, of the generation in use. One that is administratively prohibited goes no further than the user's list.
    /// </summary>
    public void AddRemoteCandidate(CandidateAttribute candidate, MediaSection section)
    {
        var ufrag = RemoteCredentials?.Ufrag;
        if (!Ice.AddRemoteCandidate(
            new IceCandidate(new IceCandidateInit(candidate.ToString(), section.Mid, (ushort)section.Index, ufrag))))
        {
            return;
        }

        if (!ProhibitedCandidate.Is(candidate, _connection.GetConfiguration().IceTransportPolicy)
            && Driven.AddRemoteCandidate(candidate, ufrag) is { } order)
        {
            _connection.Post(Driven, order);
        }
    }

    public void SetRemoteEndOfCandidates() => _connection.Post(Driven, new TransportOrder.EndRemoteCandidates());

    /// <summary>Begins an SCTP association, tells the one that runs what the peer takes, or ends it when there is none.</summary>
    public void SetSctp(SctpPlan? sctp)
    {
        if (sctp != Plan.Sctp)
        {
            Change(Plan with { Sctp = sctp });
        }
    }

    /// <summary>What a transceiver sends and receives here.</summary>
    public void SetSection(RtpTransceiver transceiver, SectionPlan section, bool reducedSizeRtcp)
    {
        _media = new Dictionary<int, RtpTransceiver>(_media) { [section.Id] = transceiver };
        var others = Plan.Sections.Where(known => known.Id != section.Id);
        Change(Plan with { Sections = [.. others, section], ReducedSizeRtcp = reducedSizeRtcp });
    }

    /// <summary>Ends what a transceiver sends and receives here, if it does.</summary>
    /// <param name="transceiver">The transceiver.</param>
    /// <param name="keepsFigures">Statistics keep the streams as they are: until the stop has been negotiated (webrtc-stats §8.1).</param>
    public void EndSection(RtpTransceiver transceiver, bool keepsFigures)
    {
        if (Plan.Sections.FirstOrDefault(section => section.Id == transceiver.Number) is not { } section)
        {
            return;
        }

        if (keepsFigures)
        {
            var ended = section with { Sent = null, Received = null, HasEnded = true };
            Change(Plan with { Sections = [.. Plan.Sections.Select(known => known == section ? ended : known)] });
            return;
        }

        _media = _media.Where(known => known.Key != section.Id).ToDictionary();
        Change(Plan with { Sections = [.. Plan.Sections.Where(known => known != section)] });
    }

    /// <summary>Forgets what transceivers have sent and received that the connection does not have any more.</summary>
    public void ForgetSections(IReadOnlyCollection<RtpTransceiver> transceivers)
    {
        foreach (var gone in _media.Values.Where(transceiver => !transceivers.Contains(transceiver)))
        {
            EndSection(gone, keepsFigures: false);
        }
    }

    /// <summary>Opens a data channel.</summary>
    public void OpenChannel(DataChannel channel) => _connection.Post(Driven, new TransportOrder.OpenChannel(channel, _reader));

    /// <summary>Closes a data channel.</summary>
    public void CloseChannel(DataChannel channel) => _connection.Post(Driven, new TransportOrder.CloseChannel(channel, _reader));

    /// <summary>Adds the transport's figures to a report.</summary>
    public void CollectFigures(FiguresRequest request) => Driven.Post(new TransportOrder.CollectFigures(request, _reader));

    /// <summary>Whether a user-name fragment is that of the peer's credentials in use.</summary>
    public bool IsRemoteUfrag(string ufrag) => RemoteCredentials?.Ufrag == ufrag;

    /// <summary>Keeps a gathered candidate for descriptions made later.</summary>
    public void AddGathered(CandidateAttribute attribute, string ufrag) => _gathered.Add(new GatheredCandidate(attribute, ufrag));

    private void ReleaseHeld()
    {
        _held?.ForEach(_connection.Queue.Enqueue);
        _held?.Clear();
    }

    /// <summary>The generation in use has all its candidates; false: that is known already.</summary>
    public bool TrySetEndOfGathering()
    {
        var isNews = !_endOfCandidates;
        _endOfCandidates = true;
        return isNews;
    }

    /// <summary>Closes the transport; the user's objects change in a queued task.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        _connection.Post(Driven, new TransportOrder.Close());
        _connection.OnTransportClosed(this);
    }

    public void CloseWithConnection()
    {
        IsClosed = true;
        Dtls.State = DtlsTransportState.Closed;
        Ice.State = IceTransportState.Closed;
    }

    private TransportPlan WithServers(TransportPlan plan)
    {
        var configuration = _connection.GetConfiguration();
        return plan with
        {
            Policy = configuration.IceTransportPolicy == IceTransportPolicy.Relay
                ? Parley.Ice.IceTransportPolicy.Relay
                : Parley.Ice.IceTransportPolicy.All,
            Servers =
            [
                .. from server in configuration.IceServers.Take(IceServerUrl.MaxServers)
                   from text in server.Urls
                   let url = IceServerUrl.Parse(text)
                   select new IceServerAddress(url.Text, url.Host, url.Port, IsSupported: url is { IsTurn: false, IsSecure: false }),
            ],
        };
    }

    /// <summary>
    /// Another plan takes the place of the one before. What cannot be applied is refused here, and the description with it.
    /// </summary>
    private void Change(TransportPlan plan)
    {
        if (plan.Check() is not TransportPlanError.None and var error)
        {
            throw new RtcException(RtcErrorNames.OperationError, $"The transport cannot do what was negotiated: {error}.");
        }

        Plan = plan;
        _connection.Post(Driven, new TransportOrder.Apply(plan, _reader, _media));
    }

    private sealed record GatheredCandidate(CandidateAttribute Attribute, string UsernameFragment);

    /// <summary>What a rollback of a restart returns to.</summary>
    private sealed record BeforeRestart(
        LocalGeneration Local, IReadOnlyList<IceCandidate> Candidates, IceGatheringState GatheringState, bool EndOfCandidates);
}
