// The states of a connection and of what it stands on, and the events that tell of them.
using Parley;
using Parley.Net;

var connected = new CountdownEvent(2);
await using var alice = Watched("alice");
await using var bob = Watched("bob");
alice.IceCandidateGathered += (_, e) => _ = bob.AddIceCandidateAsync(e.Candidate?.ToInit());
bob.IceCandidateGathered += (_, e) => _ = alice.AddIceCandidateAsync(e.Candidate?.ToInit());
alice.CreateDataChannel("something to negotiate");

var offer = await alice.CreateOfferAsync();
await Task.WhenAll(bob.SetRemoteDescriptionAsync(offer), alice.SetLocalDescriptionAsync(offer));

// Each transport has states and events of its own; the connection's are gathered from them (webrtc-pc §4.3).
var sctp = alice.SctpTransport!;
sctp.StateChanged += (_, _) => Console.WriteLine($"alice's sctp transport: {sctp.State.ToW3CName()}");
sctp.Transport.StateChanged += (_, _) => Console.WriteLine($"alice's dtls transport: {sctp.Transport.State.ToW3CName()}");
sctp.Transport.IceTransport.StateChanged += (_, _) =>
    Console.WriteLine($"alice's ice transport: {sctp.Transport.IceTransport.State.ToW3CName()}");

var answer = await bob.CreateAnswerAsync();
await Task.WhenAll(alice.SetRemoteDescriptionAsync(answer), bob.SetLocalDescriptionAsync(answer));

if (!connected.Wait(TimeSpan.FromSeconds(20)))
{
    throw new TimeoutException("The peers did not connect.");
}

// Close raises no events on the connection it closes, as in a browser.
alice.Close();
Console.WriteLine(
    $"alice closed: signaling {alice.SignalingState.ToW3CName()}, ice {alice.IceConnectionState.ToW3CName()}, "
    + $"connection {alice.ConnectionState.ToW3CName()}");

PeerConnection Watched(string name)
{
    var connection = new PeerConnection(platform: Platform.Loopback);
    connection.SignalingStateChanged += (_, _) => Console.WriteLine($"{name} signaling: {connection.SignalingState.ToW3CName()}");
    connection.IceGatheringStateChanged += (_, _) => Console.WriteLine($"{name} gathering: {connection.IceGatheringState.ToW3CName()}");
    connection.IceConnectionStateChanged += (_, _) => Console.WriteLine($"{name} ice: {connection.IceConnectionState.ToW3CName()}");
    connection.ConnectionStateChanged += (_, _) =>
    {
        Console.WriteLine($"{name} connection: {connection.ConnectionState.ToW3CName()}");
        if (connection.ConnectionState == PeerConnectionState.Connected)
        {
            connected.Signal();
        }
    };
    return connection;
}
