"""CodePipeline over time: executions that go from stage to stage, wait for approval, and deploy to ECS."""
