namespace Parley.Sctp.Tests.Parts;

public class AssociationPhaseTests
{
    [Theory]
    [InlineData(SctpState.Closed, false, false, false)]
    [InlineData(SctpState.CookieWait, false, false, false)]
    [InlineData(SctpState.CookieEchoed, false, false, true)]
    [InlineData(SctpState.Established, true, true, true)]
    [InlineData(SctpState.ShutdownPending, true, true, true)]
    [InlineData(SctpState.ShutdownSent, true, false, true)]
    [InlineData(SctpState.ShutdownReceived, true, true, false)]
    [InlineData(SctpState.ShutdownAckSent, true, false, false)]
    public void Phase_SaysWhatMayBeSentAndTaken(SctpState state, bool isUp, bool mayBegin, bool isReceiving)
    {
        AssociationPhase[] phases =
        [
            new AssociationPhase.Fresh(), new AssociationPhase.Ended(),
            new AssociationPhase.CookieWait(), new AssociationPhase.CookieEchoed([1]),
            new AssociationPhase.Established(), new AssociationPhase.ShutdownPending(), new AssociationPhase.ShutdownSent(),
            new AssociationPhase.ShutdownReceived(), new AssociationPhase.ShutdownAckSent(),
        ];
        foreach (var phase in phases.Where(each => each.State == state))
        {
            Assert.Equal(isUp, phase.IsUp);
            Assert.Equal(mayBegin, phase.MayBegin);
            Assert.Equal(isReceiving, phase.IsReceiving);
            Assert.Equal(!isUp, phase.IsBeforeEstablished);
            Assert.Equal(phase is AssociationPhase.Asking, phase.IsAsking);
            Assert.Equal(
                state is SctpState.CookieWait or SctpState.CookieEchoed or SctpState.ShutdownSent or SctpState.ShutdownAckSent,
                phase is AssociationPhase.Asking { Chunk.IsDue: true });
        }

        Assert.Contains(phases, each => each.State == state);
    }
}
