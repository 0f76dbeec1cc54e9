using Parley.Dtls;

namespace Parley.Transport.Tests;

public class RestartTests
{
    [Fact]
    public void GreaterGeneration_RestartsIce_AndTheDataGoesOn()
    {
        var pair = Pair.Connected(data: true);
        var channel = pair.OpenChannel();
        var before = pair.Left.Transport.SelectedPair!;

        Restart(pair.Left);
        Restart(pair.Right);
        Assert.Equal(2, pair.Left.Events.Count(kind => kind == TransportEventKind.LocalPathsWanted));
        pair.Left.Transport.Send(channel.Left, "old"u8, isBinary: false, pair.Now);
        pair.Expect(() => pair.Right.Messages.Count == 1);
        Assert.Same(before, pair.Left.Transport.SelectedPair);

        Learn(pair);
        pair.Expect(() => pair.Left.Transport.SelectedPair!.GenerationNumber > before.GenerationNumber);
        pair.Left.Transport.Send(channel.Left, "new"u8, isBinary: false, pair.Now);
        pair.Expect(() => pair.Right.Messages.Count == 2);
        Assert.Equal([DtlsState.Connecting, DtlsState.Connected], pair.Left.DtlsStates);
    }

    [Fact]
    public void FormerGeneration_TakesTheRestartBack()
    {
        var pair = Pair.Connected();
        var former = pair.Left.Plan.Local;
        Restart(pair.Left);
        Assert.Contains(pair.Left.Plan.Local.Credentials.UsernameFragment, pair.Left.Transport.HeardUsernameFragments);

        pair.Left.Apply(pair.Left.Plan with { Local = former });

        Assert.Equal([former.Credentials.UsernameFragment], pair.Left.Transport.HeardUsernameFragments);
        Assert.Equal(TransportEventKind.HeardFragmentsChanged, pair.Left.Events[^1]);

        // The next restart is one of its own.
        Restart(pair.Left, number: 2);
        Restart(pair.Right);
        Learn(pair);
        pair.Expect(() => pair.Left.Transport.SelectedPair!.GenerationNumber > 1);
    }

    [Fact]
    public void RestartThatThePeerHasAnswered_IsNotTakenBack()
    {
        var pair = Pair.Connected();
        var former = pair.Left.Plan.Local;
        Restart(pair.Left);
        Restart(pair.Right);
        Learn(pair);
        var ufrag = pair.Left.Plan.Local.Credentials.UsernameFragment;

        pair.Left.Apply(pair.Left.Plan with { Local = former });

        Assert.Contains(ufrag, pair.Left.Transport.HeardUsernameFragments);
    }

    [Fact]
    public void AnotherPeer_IsCheckedAnew()
    {
        var pair = Pair.Connected();
        var other = new Side(9, Certificates.Other, Pair.PathOf("192.0.2.9:9000"), pair.Now);
        var told = pair.Left.Events.Count;

        pair.Left.Apply(pair.Left.Plan with { Remote = new RemotePeer(1, other.NewCredentials(), IsLite: false) });

        Assert.Null(pair.Left.Transport.SelectedPair);
        Assert.Contains(TransportEventKind.IceChanged, pair.Left.Events.Skip(told));
    }

    [Fact]
    public void AnotherAssociation_BeginsWithANewHandshake()
    {
        var pair = Pair.Connected();
        Restart(pair.Left);
        Restart(pair.Right);
        Learn(pair);

        pair.Left.Apply(pair.Left.Plan with { Dtls = pair.Left.Plan.Dtls! with { Association = 1 } });
        pair.Right.Apply(pair.Right.Plan with { Dtls = pair.Right.Plan.Dtls! with { Association = 1 } });

        pair.Expect(() => pair.Left.DtlsStates is [_, _, DtlsState.New, DtlsState.Connecting, DtlsState.Connected]);
        pair.Expect(() => pair.Right.DtlsStates is [_, _, DtlsState.New, DtlsState.Connecting, DtlsState.Connected]);
    }

    private static void Restart(Side side, int number = 1)
    {
        side.Candidates.Clear();
        side.Apply(side.Plan with { Local = new LocalGeneration(number, side.NewCredentials()) });
    }

    private static void Learn(Pair pair)
    {
        pair.Left.Apply(pair.Left.Plan with { Remote = new RemotePeer(0, pair.Right.Plan.Local.Credentials, IsLite: false) });
        pair.Right.Apply(pair.Right.Plan with { Remote = new RemotePeer(0, pair.Left.Plan.Local.Credentials, IsLite: false) });
        pair.Trickle();
    }
}
