using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;

namespace Parley.Transport.Tests;

/// <summary>A transport with the local ends that it is given, and all that it has told.</summary>
internal sealed class Side
{
    private readonly RandomSource _random;

    public Side(ulong seed, DtlsCertificate certificate, LocalPath path, Instant now)
    {
        _random = RandomSource.Seeded(seed);
        Certificate = certificate;
        Path = path;
        var local = new LocalGeneration(0, IceCredentials.Create(_random));
        Plan = new TransportPlan(local);
        Transport = new BundleTransport(
            new TransportOptions
            {
                Local = local,
                CanonicalName = $"side{seed}",
                NtpTimeAtZero = NtpTimestamp.From(DateTimeOffset.UnixEpoch),
            },
            _random,
            NullLoggerFactory.Instance);
        Now = now;
    }

    public BundleTransport Transport { get; }

    public DtlsCertificate Certificate { get; }

    public LocalPath Path { get; }

    /// <summary>What negotiation wants; <see cref="Apply"/> makes it so.</summary>
    public TransportPlan Plan { get; set; }

    public Instant Now { get; set; }

    /// <summary>The kinds of all events, in order, those of frames and messages too.</summary>
    public List<TransportEventKind> Events { get; } = [];

    public List<IceCandidate> Candidates { get; } = [];

    public List<IceCandidateError> CandidateErrors { get; } = [];

    public List<ServerLookup> Lookups { get; } = [];

    public List<IceAgentState> IceStates { get; } = [];

    public List<DtlsState> DtlsStates { get; } = [];

    public List<DtlsFailure> DtlsFailures { get; } = [];

    public List<Path> Heard { get; } = [];

    public List<DataChannelHandle> Announced { get; } = [];

    public List<byte[]> Messages { get; } = [];

    public List<(int Section, byte[] Data)> Frames { get; } = [];

    public List<(int Section, Ssrc Stream)> Ended { get; } = [];

    public List<(int Section, Ssrc Stream)> KeyFrameRequests { get; } = [];

    public long FramesRead { get; private set; }

    public long MessagesRead { get; private set; }

    /// <summary>Whether frames and messages are only counted, and other events not kept.</summary>
    public bool IsTerse { get; set; }

    /// <summary>Whether the local end is added as soon as it is asked for.</summary>
    public bool AddsPaths { get; set; } = true;

    public bool IsConnected => Transport.SelectedPair is { IsNominated: true } && DtlsStates is [.., DtlsState.Connected];

    public IceCredentials NewCredentials() => IceCredentials.Create(_random);

    public void Apply(TransportPlan plan)
    {
        Plan = plan;
        Transport.Apply(plan, Now);
        Read();
    }

    public void Read()
    {
        while (Transport.TryRead(out var happened))
        {
            if (IsTerse)
            {
                FramesRead += happened.Frame is null ? 0 : 1;
                MessagesRead += happened.Kind == TransportEventKind.MessageReceived ? 1 : 0;
                continue;
            }

            Events.Add(happened.Kind);
            Take(happened);
        }
    }

    private void Take(in TransportEvent happened)
    {
        switch (happened.Kind)
        {
            case TransportEventKind.LocalPathsWanted when AddsPaths:
                Transport.AddLocalPath(Path, Now);
                Transport.CompleteLocalPaths(Now);
                break;
            case TransportEventKind.LookupWanted:
                Lookups.Add(happened.Lookup!);
                break;
            case TransportEventKind.RemoteHeard:
                Heard.Add(happened.Path!.Value);
                break;
            case TransportEventKind.CandidateGathered:
                Candidates.Add(happened.Candidate!);
                break;
            case TransportEventKind.CandidateError:
                CandidateErrors.Add(happened.CandidateError!);
                break;
            case TransportEventKind.IceChanged when happened.IceState is { } state:
                IceStates.Add(state);
                break;
            case TransportEventKind.DtlsChanged:
                DtlsStates.Add(happened.DtlsState);
                DtlsFailures.Add(happened.DtlsFailure);
                break;
            case TransportEventKind.ChannelAnnounced:
                Announced.Add(happened.Channel);
                break;
            case TransportEventKind.MessageReceived:
                Messages.Add(happened.Payload.ToArray());
                break;
            case TransportEventKind.FrameReceived:
                Frames.Add((happened.Section, happened.Frame!.Data.ToArray()));
                break;
            case TransportEventKind.StreamEnded:
                Ended.Add((happened.Section, happened.Stream!.Ssrc));
                break;
            case TransportEventKind.KeyFrameRequested:
                KeyFrameRequests.Add((happened.Section, happened.Outbound!.Ssrc));
                break;
        }
    }
}
