using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;

namespace Parley.Transport.Tests;

public class PlanTests
{
    private static readonly TransportPlan Good = new(new LocalGeneration(0, new IceCredentials("ufrag", "0123456789012345678901")))
    {
        Dtls = new DtlsPlan(0, DtlsRole.Client, Certificates.Right.Fingerprints, [Certificates.Left]),
        Sctp = new SctpPlan(1, 5000, 65_536),
        Servers = [new IceServerAddress("stun:192.0.2.9", "192.0.2.9", 3478, IsSupported: true)],
        Sections = [Pair.Sending(1), Pair.Sending(2, ssrc: 0x2222)],
    };

    public static TheoryData<TransportPlanError> Errors =>
        [.. Enum.GetValues<TransportPlanError>().Where(error => error != TransportPlanError.None)];

    [Theory]
    [MemberData(nameof(Errors))]
    public void PlanThatCannotBe_IsRefused_AndChangesNothing(TransportPlanError error)
    {
        var pair = Pair.Connected(data: true, media: true);
        var before = pair.Left.Transport.Plan;
        var bad = Broken(error) with { Local = before.Local };
        var told = pair.Left.Events.Count;

        Assert.Equal(error, bad.Check());
        var refused = Assert.Throws<ArgumentException>(() => pair.Left.Transport.Apply(bad, pair.Now));

        Assert.Contains(error.ToString(), refused.Message, StringComparison.Ordinal);
        pair.Left.Read();
        Assert.Same(before, pair.Left.Transport.Plan);
        Assert.Equal(told, pair.Left.Events.Count);
        Assert.Equal([7], pair.Left.Transport.Sections.Select(section => section.Id));
    }

    [Fact]
    public void GoodPlan_HasNoError() => Assert.Equal(TransportPlanError.None, Good.Check());

    [Fact]
    public void PlanAppliedTwice_ChangesNothing()
    {
        var pair = Pair.Connected(data: true, media: true);
        pair.OpenChannel();
        Assert.True(pair.SendPicture([0x10, 0, 0]));
        pair.Expect(() => pair.Right.Frames.Count == 1);
        pair.RunFor(0.01);
        var told = (pair.Left.Events.Count, pair.Right.Events.Count);
        var (sections, outbound) = (pair.Left.Transport.Sections[0], pair.Left.Transport.Sections[0].Outbounds[0]);
        var (deadline, states) = (pair.Left.Transport.Deadline, pair.Left.DtlsStates.Count);
        var batch = new DatagramBatch();

        // The same value, an equal one, and one that is equal part by part.
        foreach (var again in new[] { pair.Left.Plan, pair.Left.Plan with { }, Copy(pair.Left.Plan) })
        {
            pair.Left.Apply(again);
            Assert.Equal(0, pair.Left.Transport.Transmit(batch, pair.Now, out _));
            Assert.Equal(deadline, pair.Left.Transport.Deadline);
        }

        Assert.Equal(told, (pair.Left.Events.Count, pair.Right.Events.Count));
        Assert.Equal(states, pair.Left.DtlsStates.Count);
        Assert.Same(sections, pair.Left.Transport.Sections[0]);
        Assert.Same(outbound, pair.Left.Transport.Sections[0].Outbounds[0]);
        Assert.Equal(1, outbound.Statistics.FramesSent);
    }

    [Fact]
    public void Gathering_AsksForLocalPathsOnce()
    {
        var pair = new Pair();
        pair.Left.Apply(pair.Left.Plan with { Gathers = true });
        pair.Left.Apply(pair.Left.Plan with { Role = IceRole.Controlling });

        Assert.Single(pair.Left.Events, TransportEventKind.LocalPathsWanted);
        Assert.Single(pair.Left.Candidates);
    }

    [Fact]
    public void RoleOfTheChecks_OutlivesPlansThatSayTheSameRole()
    {
        // Both believe that they control: the checks make one of them give in, and a later plan does not undo it.
        var pair = new Pair();
        pair.Left.Apply(pair.Left.Plan with { Role = IceRole.Controlling });
        pair.Right.Apply(pair.Right.Plan with { Role = IceRole.Controlling });
        var (left, right) = (pair.Left.Plan.Local.Credentials, pair.Right.Plan.Local.Credentials);
        pair.Left.Apply(pair.Left.Plan with { Gathers = true, Remote = new RemotePeer(0, right, IsLite: false) });
        pair.Right.Apply(pair.Right.Plan with { Gathers = true, Remote = new RemotePeer(0, left, IsLite: false) });
        pair.Trickle();
        bool HasSwitched(Side side) => side.Events.Contains(TransportEventKind.RoleChanged);
        pair.Expect(() => HasSwitched(pair.Left) || HasSwitched(pair.Right));
        var switched = HasSwitched(pair.Left) ? pair.Left : pair.Right;
        var count = switched.Events.Count(kind => kind == TransportEventKind.RoleChanged);

        var dtls = new DtlsPlan(0, DtlsRole.Client, Certificates.Other.Fingerprints, [switched.Certificate]);
        switched.Apply(switched.Plan with { Dtls = dtls });
        pair.Expect(() => pair.Left.Transport.SelectedPair is { IsNominated: true });
        pair.RunFor(1);
        Assert.Equal(count, switched.Events.Count(kind => kind == TransportEventKind.RoleChanged));
    }

    private static TransportPlan Broken(TransportPlanError error) => error switch
    {
        TransportPlanError.CertificateMissing => Good with { Dtls = Good.Dtls! with { Certificates = [] } },
        TransportPlanError.SctpWithoutDtls => Good with { Dtls = null },
        TransportPlanError.SctpOutOfRange => Good with { Sctp = Good.Sctp! with { Streams = 0 } },
        TransportPlanError.SectionTwice => Good with { Sections = [Pair.Sending(1), Pair.Receiving(1)] },
        TransportPlanError.SsrcMissing => Good with { Sections = [With(new RtpOutboundOptions { Codecs = [Pair.Codec] })] },
        TransportPlanError.SsrcTwice => Good with { Sections = [Pair.Sending(1), Pair.Sending(2)] },
        TransportPlanError.NameTooLong => Good with
        {
            Sections = [With(new RtpOutboundOptions { Ssrc = new Ssrc(1), Mid = new string('m', 256), Codecs = [Pair.Codec] })],
        },
        TransportPlanError.ServerOutOfRange => Good with { Servers = [Good.Servers[0] with { Port = 0 }] },
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };

    private static SectionPlan With(RtpOutboundOptions options) => new(1) { Sent = [new SentEncoding(options, IsActive: true)] };

    private static TransportPlan Copy(TransportPlan plan) => plan with
    {
        Local = plan.Local with { },
        Remote = plan.Remote! with { },
        Dtls = plan.Dtls! with { Fingerprints = [.. plan.Dtls.Fingerprints] },
        Sctp = plan.Sctp! with { },
        Sections = [.. plan.Sections.Select(section => section with { Sent = [.. section.Sent!] })],
    };
}
