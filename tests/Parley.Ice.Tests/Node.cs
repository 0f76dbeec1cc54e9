using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Ice.Tests;

/// <summary>An agent in a <see cref="World"/>, with all that it has told.</summary>
internal sealed class Node
{
    private readonly World _world;

    public Node(World world, string name, IceAgentOptions options, ulong seed)
    {
        _world = world;
        Name = name;
        Agent = new IceAgent(options, RandomSource.Seeded(seed), NullLogger.Instance);
    }

    public string Name { get; }

    public IceAgent Agent { get; }

    public List<IceAgentState> States { get; } = [];

    public List<IceGatheringState> GatheringStates { get; } = [];

    public List<IceCandidate> Gathered { get; } = [];

    public List<IceCandidatePair> Selections { get; } = [];

    /// <summary>The remote candidate, each time that an address of the selected pair was named.</summary>
    public List<IceCandidate> Named { get; } = [];

    public List<IceRole> Roles { get; } = [];

    public List<IceCandidateError> Errors { get; } = [];

    /// <summary>Data that came along a validated path, and data that was refused.</summary>
    public int DataReceived { get; private set; }

    public int DataRefused { get; private set; }

    /// <summary>Where the last data came from.</summary>
    public TransportAddress LastDataFrom { get; private set; }

    /// <summary>Where candidates go as they are gathered; null: they are kept.</summary>
    public Action<IceCandidate>? Trickle { get; set; }

    public List<(TransportAddress Address, NetworkInterfaceKind Kind)> Sockets { get; } = [];

    public Node Bind(string address, NetworkInterfaceKind kind = NetworkInterfaceKind.Ethernet)
    {
        Assert.True(TransportAddress.TryParse(address, out var local));
        Sockets.Add((local, kind));
        Agent.AddLocalAddress(local, kind, _world.Now);
        return this;
    }

    public bool SendData()
    {
        if (!Agent.CanSend)
        {
            return false;
        }

        var pair = Agent.SelectedPair!;
        pair.CountSent(3, _world.Now);
        _world.Send(this, [0x80, 1, 2], pair.LocalAddress, pair.RemoteAddress);
        return true;
    }

    public void Deliver(byte[] datagram, TransportAddress local, TransportAddress remote)
    {
        if (datagram[0] <= 3)
        {
            Agent.Receive(datagram, local, remote, _world.Now);
        }
        else if (Agent.IsValidatedRemote(local, remote, out var pair))
        {
            LastDataFrom = remote;
            pair!.CountReceived(datagram.Length, _world.Now);
            DataReceived++;
        }
        else
        {
            DataRefused++;
            Agent.NoticeStranger(local, remote, _world.Now);
        }
    }

    public void Drain()
    {
        var buffer = new byte[1500];
        int length, sent = 0;
        while ((length = Agent.Transmit(buffer, _world.Now, out var local, out var remote)) > 0)
        {
            Assert.Contains(Sockets, s => s.Address == local);
            Assert.True(
                ++sent < 1000,
                $"{Name} sends for ever: {local} to {remote}, {Convert.ToHexString(buffer.AsSpan(0, Math.Min(20, length)))}, "
                + $"{Agent.SelectedPair?.LastResponseAt}, {_world.Now}");
            _world.Send(this, buffer[..length], local, remote);
        }

        while (Agent.TryRead(out var happened))
        {
            Read(happened);
        }

        // After all was drained nothing may be due: else the loop would spin.
        Assert.True(Agent.Deadline is not { } deadline || deadline > _world.Now, $"{Name} is due at {Agent.Deadline}, now {_world.Now}");
    }

    private void Read(IceEvent happened)
    {
        switch (happened.Kind)
        {
            case IceEventKind.CandidateGathered:
                Gathered.Add(happened.Candidate!);
                Trickle?.Invoke(happened.Candidate!);
                break;
            case IceEventKind.GatheringStateChanged:
                GatheringStates.Add(happened.GatheringState);
                break;
            case IceEventKind.StateChanged:
                States.Add(happened.State);
                break;
            case IceEventKind.SelectedPairChanged:
                Selections.Add(happened.Pair!);
                break;
            case IceEventKind.SelectedPairNamed:
                Named.Add(happened.Pair!.Remote);
                break;
            case IceEventKind.RoleChanged:
                Roles.Add(happened.Role);
                break;
            case IceEventKind.CandidateError:
                Errors.Add(happened.Error!);
                break;
            default:
                Assert.Fail($"Unknown event {happened.Kind}");
                break;
        }
    }
}
