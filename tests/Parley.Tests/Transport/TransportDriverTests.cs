using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls;
using Parley.Ice;
using Parley.Net;
using Parley.Rtp;
using Parley.Sctp;
using Parley.Simulation;
using Parley.Transport;

namespace Parley.Tests.Transport;

/// <summary>One driver and many transports, each with an owner of its own.</summary>
public class TransportDriverTests
{
    [Fact]
    public void OneDriver_CarriesManyTransports_OfManyOwners()
    {
        var world = new World(calls: 40);
        world.Connect();

        foreach (var (left, right) in world.Calls)
        {
            left.Send("hello"u8);
            right.Send("there"u8);
        }

        world.Simulator.RunUntil(() => world.Owners.All(owner => owner.Messages == 1), TimeSpan.FromSeconds(10));
        Assert.True(world.Scheduler.Scheduled > 0);
    }

    [Fact]
    public void Turn_IsForThoseWithSomethingToDo()
    {
        // A message from one to one of eighty: nobody else is looked at.
        var world = new World(calls: 40);
        world.Connect();
        world.Simulator.RunFor(TimeSpan.FromSeconds(0.5));
        foreach (var owner in world.Owners)
        {
            owner.Resumes = 0;
        }

        world.Calls[7].Left.Driven.ResumeReceiving();
        world.Simulator.RunFor(TimeSpan.Zero);

        Assert.Equal(1, world.Owners.Sum(owner => owner.Resumes));
        Assert.Equal(1, world.Calls[7].Left.Resumes);
    }

    [Fact]
    public void Send_RunsNobodysCommands()
    {
        var world = new World(calls: 2);
        world.Connect();
        world.Simulator.RunFor(TimeSpan.FromSeconds(1));
        var (left, _) = world.Calls[0];
        var order = new Noted();

        // What the message's leaving makes its owner ask of another transport is done in a turn of the driver's.
        left.OnLeft = () => world.Calls[1].Left.Driven.Post(order);
        left.Send("now"u8);
        Assert.Equal(1, left.Left);
        Assert.False(order.HasRun);
        world.Simulator.RunFor(TimeSpan.Zero);
        Assert.True(order.HasRun);
    }

    [Fact]
    public void FailureOfOneTransport_IsItsOwnersAlone()
    {
        var world = new World(calls: 3);
        world.Connect();
        FaultFixture.Expect(1);
        world.Calls[1].Left.Driven.Post(new Failing());
        world.Simulator.RunFor(TimeSpan.FromSeconds(0.1));

        Assert.True(world.Calls[1].Left.Driven.IsGone);
        Assert.Equal(["It fails."], world.Owners.SelectMany(owner => owner.Failures));
        foreach (var (left, _) in world.Calls.Where((_, index) => index != 1))
        {
            left.Send("still"u8);
        }

        world.Simulator.RunUntil(() => world.Owners.Sum(owner => owner.Messages) == 2, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Close_EndsAll_AndDropsWhatComesLater()
    {
        var world = new World(calls: 3);
        world.Connect();
        world.Driver.Close();
        world.Simulator.RunFor(TimeSpan.FromSeconds(0.1));
        Assert.True(world.Driver.Completion.IsCompletedSuccessfully);
        Assert.All(world.Owners, owner => Assert.True(owner.Driven.IsGone));

        var late = new Noted();
        world.Owners[0].Driven.Post(late);
        world.Simulator.RunFor(TimeSpan.FromSeconds(0.1));
        Assert.Equal((false, true), (late.HasRun, late.IsDropped));
    }

    private sealed record Noted : TransportOrder
    {
        public bool HasRun { get; private set; }

        public bool IsDropped { get; private set; }

        public override void Run(DrivenTransport transport, Instant now) => HasRun = true;

        public override void Drop() => IsDropped = true;
    }

    private sealed record Failing : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => throw new InvalidOperationException("It fails.");
    }

    /// <summary>Posts a plan, or what else there is to do with a transport in its turn.</summary>
    private sealed record Do(Action<BundleTransport, Instant> Action) : TransportOrder
    {
        public override void Run(DrivenTransport transport, Instant now) => Action(transport.Core, now);
    }

    /// <summary>All transports on one host and in one driver; they call each other in pairs.</summary>
    private sealed class World
    {
        public World(int calls)
        {
            Simulator = new Simulator(1);
            var host = Simulator.AddHost("host", "10.0.0.1");
            Scheduler = new CountingScheduler(host.Platform.Scheduler);
            Platform = host.Platform with { Scheduler = Scheduler };
            Driver = new TransportDriver(Platform);
            Calls =
            [
                .. Enumerable.Range(0, calls).Select(_ =>
                    (new Owner(Driver, Platform, TestCertificates.Alice), new Owner(Driver, Platform, TestCertificates.Bob))),
            ];
            Owners = [.. Calls.SelectMany(call => (Owner[])[call.Left, call.Right])];
        }

        public Simulator Simulator { get; }

        public CountingScheduler Scheduler { get; }

        public Platform Platform { get; }

        public TransportDriver Driver { get; }

        public (Owner Left, Owner Right)[] Calls { get; }

        public Owner[] Owners { get; }

        public void Connect()
        {
            foreach (var (left, right) in Calls)
            {
                left.Call(right, DtlsRole.Client);
                right.Call(left, DtlsRole.Server);
            }

            Simulator.RunUntil(() => Owners.All(owner => owner.IsUp), TimeSpan.FromSeconds(30));
        }
    }

    private sealed class Owner : ITransportOwner
    {
        private readonly DtlsCertificate _certificate;
        private readonly DataChannel _channel;
        private readonly TransportPlan _plan;
        private Owner? _peer;

        public Owner(TransportDriver driver, Platform platform, DtlsCertificate certificate)
        {
            _certificate = certificate;
            var local = new LocalGeneration(0, IceCredentials.Create(platform.Random));
            _plan = new TransportPlan(local);
            var epoch = NtpTimestamp.From(DateTimeOffset.UnixEpoch);
            var options = new TransportOptions { Local = local, CanonicalName = "c", NtpTimeAtZero = epoch };
            var core = new BundleTransport(options, platform.Random, NullLoggerFactory.Instance);
            Driven = new DrivenTransport(driver, core, this, platform.Network, null, NullLogger.Instance);

            // Only its handle is looked at.
            _channel = new DataChannel(new PeerConnection(platform: platform), "c", new DataChannelInit());
        }

        public DrivenTransport Driven { get; }

        public bool IsUp { get; private set; }

        public int Messages { get; private set; }

        public int Left { get; private set; }

        public int Resumes { get; set; }

        public Action? OnLeft { get; set; }

        public List<string> Failures { get; } = [];

        public void Call(Owner peer, DtlsRole role)
        {
            _peer = peer;
            var plan = _plan with
            {
                Gathers = true,
                Role = role == DtlsRole.Client ? Ice.IceRole.Controlling : Ice.IceRole.Controlled,
                Remote = new RemotePeer(0, peer._plan.Local.Credentials, IsLite: false),
                Dtls = new DtlsPlan(0, role, peer._certificate.Fingerprints, [_certificate]),
                Sctp = new SctpPlan(1, 5000, 65_536),
            };
            Driven.Post(new Do((core, now) => core.Apply(plan, now)));
        }

        public void Send(ReadOnlySpan<byte> data) => Driven.SendMessage(_channel, data, isBinary: true);

        public void OnEvent(in TransportEvent happened, Instant now)
        {
            switch (happened.Kind)
            {
                case TransportEventKind.CandidateGathered:
                    var candidate = happened.Candidate!;
                    _peer!.Driven.Post(new Do((core, at) => core.AddRemoteCandidate(candidate, at)));
                    break;
                case TransportEventKind.SctpConnected:
                    _channel.Handle = Driven.Core.OpenChannel(new DataChannelParameters { Negotiated = true, Id = 0 })!.Value;
                    IsUp = true;
                    break;
                case TransportEventKind.MessageReceived:
                    Messages++;
                    break;
                case TransportEventKind.BufferedAmountDecreased:
                    Left++;
                    OnLeft?.Invoke();
                    break;
            }
        }

        public void OnReceivingResumed() => Resumes++;

        public void BeginTurnHere()
        {
        }

        public void EndTurnHere()
        {
        }

        public void OnFailed(Exception error) => Failures.Add(error.Message);
    }
}
