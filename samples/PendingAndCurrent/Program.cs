// Pending and current descriptions: what is being negotiated, and what was negotiated last.
using Parley;
using Parley.Net;

await using var alice = new PeerConnection(platform: Platform.Loopback);
await using var bob = new PeerConnection(platform: Platform.Loopback);
alice.CreateDataChannel("something to negotiate");

Show("before", "----", "----");
await alice.SetLocalDescriptionAsync();
await bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
Show("offer", "o---", "-o--");

// A provisional answer may be followed by others; the offer stays pending until the final one.
var answer = await bob.CreateAnswerAsync();
var provisional = new SessionDescription(SdpType.Pranswer, answer.Sdp);
await bob.SetLocalDescriptionAsync(provisional);
await alice.SetRemoteDescriptionAsync(provisional);
Show("pranswer", "op--", "po--");

await bob.SetLocalDescriptionAsync(answer);
await alice.SetRemoteDescriptionAsync(answer);
Show("answer", "--oa", "--ao");

await bob.SetLocalDescriptionAsync();
await alice.SetRemoteDescriptionAsync(bob.LocalDescription!);
Show("next offer", "-ooa", "o-ao");
await alice.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Rollback));
await bob.SetLocalDescriptionAsync(new SessionDescription(SdpType.Rollback));
Show("rollback", "--oa", "--ao");

// LocalDescription and RemoteDescription are the pending one when there is one, else the current one.
void Show(string after, params ReadOnlySpan<string> expected)
{
    Console.WriteLine($"after {after}:");
    foreach (var (name, connection, letters) in new[] { ("alice", alice, expected[0]), ("bob", bob, expected[1]) })
    {
        SessionDescription?[] four =
        [
            connection.PendingLocalDescription, connection.PendingRemoteDescription,
            connection.CurrentLocalDescription, connection.CurrentRemoteDescription,
        ];
        var types = four.Select(description => description?.Type.ToW3CName() ?? "-").ToArray();
        Console.WriteLine($"  {name,-5} pending local {types[0]}, remote {types[1]}; current local {types[2]}, remote {types[3]}");
        if (string.Concat(types.Select(type => type[0])) != letters || connection.LocalDescription != (four[0] ?? four[2]))
        {
            throw new InvalidOperationException($"{name} should have {letters}.");
        }
    }
}
